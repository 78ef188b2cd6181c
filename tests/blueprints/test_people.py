import pytest

from broadsheet.extensions import db
from broadsheet.models import Post, Site, User
from markup import Page


def test_shows_a_person_and_what_they_wrote(client, ann, post, draft):
    links = [{"label": "Elsewhere", "url": "https://ann.example/"}]
    ann.describe(name="Ann Author", bio="Writes *here*.", links=links, timezone="")
    page = Page(client.get("/user/ann").text)
    assert page.one("h1").text == "Ann Author"
    assert page.one("em").text == "here"
    assert page.one("a", href="https://ann.example/").text == "Elsewhere"
    assert page.headlines == ["A published post"]


def test_byline_without_a_login_has_a_page(client, ann):
    team = User.create(name="The Survey Team")
    published(team)
    assert client.get("/user/the-survey-team").status_code == 200


def test_byline_of_drafts_alone_is_not_told(client, draft, ann):
    team = User.create(name="The Secret Team")
    draft.revise(by=ann, authors=[ann, team])
    assert client.get("/user/the-secret-team").status_code == 404


def test_author_who_has_published_nothing_yet_has_a_page(client, ann):
    answer = client.get("/user/ann")
    assert answer.status_code == 200
    assert "Nothing published yet." in answer.text


def test_reader_is_not_shown_to_others(client, rea):
    assert client.get("/user/rea").status_code == 404


def test_suspended_author_keeps_the_page_only_with_something_published(client, ann, ben):
    published(ann)
    ann.suspend()
    ben.suspend()
    assert client.get("/user/ann").status_code == 200
    assert client.get("/user/ben").status_code == 404


def test_username_in_other_letters_leads_to_the_page(client, ann):
    answer = client.get("/user/ANN")
    assert (answer.status_code, answer.location) == (301, "/user/ann")


@pytest.mark.parametrize("username", ["nobody", "ann%2Fben", "😀"])
def test_person_who_does_not_exist_is_not_found(client, ann, username):
    assert client.get(f"/user/{username}").status_code == 404


def test_long_list_has_pages(client, publish_many):
    Site.load().change(posts_per_page=5)
    publish_many(7)
    second = Page(client.get("/user/ann?page=2").text)
    assert second.headlines == ["Post 6", "Post 7"]
    assert "Page 2" in second.one("title").text
    assert client.get("/user/ann?page=3").status_code == 404
    assert client.get("/user/ann?page=1").location == "/user/ann"


def test_refuses_other_methods(client, ann):
    assert client.post("/user/ann").status_code == 405


@pytest.mark.parametrize("count", [50, 500])
def test_asks_six_questions_however_many_posts_there_are(client, publish_many, queries, count):
    publish_many(count)
    client.get("/")
    with queries() as asked:
        client.get("/user/ann")
    assert len(asked) == 5, asked  # settings, the person, how many, posts, their authors and tags


def published(author):
    post = Post()
    post.revise(by=None, title="Published", body="Text.", authors=[author], tags=[])
    post.publish()
    db.session.commit()


def test_authors_stand_by_name_with_their_posts(client, ann, ben, post, draft):
    published(ben)
    page = Page(client.get("/authors").text)
    told = [(one.one("a")["href"], one.one("span").text) for one in page.all("li", class_="entry")]
    assert told == [("/user/ann", "1 post"), ("/user/ben", "1 post")]


def test_who_has_published_nothing_is_not_among_the_authors(client, ann, draft):
    assert "Nobody has published anything yet." in Page(client.get("/authors").text).one("main").text
