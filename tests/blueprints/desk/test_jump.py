import pytest

from broadsheet.extensions import db
from broadsheet.models import Message, Post
from markup import Page


@pytest.fixture
def labels():
    def labels(browser, q):
        answer = browser.get("/desk/jump", query_string={"q": q}, headers={"Accept": "application/json"})
        return [place["label"] for place in answer.json["results"]]

    return labels


def test_finds_pages_of_the_desk_deeds_texts_people_tags_and_messages(sign_in, ada, ann, post, page, labels):
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    browser = sign_in(ada)
    assert labels(browser, "activ") == ["Activity"]
    assert labels(browser, "write") == ["Write a post", "Write a page"]
    assert labels(browser, "published") == ["A published post"]
    assert labels(browser, "imprint") == ["Imprint"]
    assert labels(browser, "ann") == ["Ann Author"]
    assert labels(browser, "notes") == ["Notes"]
    assert labels(browser, "question") == ["A question"]
    assert labels(browser, "tagline") == ["Tagline"]
    assert labels(browser, "nothing at all") == []


def test_leads_where_it_says(sign_in, ed, post):
    answer = sign_in(ed).get("/desk/jump?q=published", headers={"Accept": "application/json"})
    (place,) = answer.json["results"]
    assert place == {
        "kind": "Post", "label": "A published post", "url": f"/desk/posts/{post.id}/edit", "detail": "",
    }  # fmt: skip


def test_shows_each_only_what_is_theirs(sign_in, ann, ben, draft, page, labels):
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    author = sign_in(ben)
    for words in ("A draft", "imprint", "question", "ada", "settings", "activity", "invite", "tagline"):
        assert labels(author, words) == [], words
    assert labels(sign_in(ann), "a draft") == ["A draft"]


def test_what_begins_with_it_comes_first(sign_in, ann, labels):
    for title in ("The end", "Endings", "Weekend"):
        Post().revise(by=ann, title=title, authors=[ann])
    assert labels(sign_in(ann), "end")[0] == "Endings"


def test_without_words_says_where_one_can_go(sign_in, ann, draft, labels):
    found = labels(sign_in(ann), "")
    assert {"Today", "Posts", "Write a post", "A draft"} <= set(found)


def test_is_a_plain_page_without_a_script(sign_in, ann, draft):
    page = Page(sign_in(ann).get("/desk/jump?q=draft").text)
    assert page.one("h1").text == "Jump to"
    assert page.one("a", class_="brief-title")["href"] == f"/desk/posts/{draft.id}/edit"
    assert page.one("a", **{"data-behaviour": "palette"})["href"] == "/desk/jump"
    empty = Page(sign_in(ann).get("/desk/jump?q=xyzzy").text)
    assert empty.one("p", class_="empty-heading").text == "Nothing is called like that"


@pytest.mark.parametrize("words", ["%", "_", "\x00", "'", "x" * 3000])
def test_survives_anything(sign_in, ada, post, labels, words):
    assert isinstance(labels(sign_in(ada), words), list)


def test_requires_sign_in_and_the_role(client, sign_in, rea):
    assert client.get("/desk/jump?q=a").location.startswith("/login?")
    assert client.get("/desk/jump", headers={"Accept": "application/json"}).status_code == 401
    assert sign_in(rea).get("/desk/jump").status_code == 403


def test_number_of_queries_and_answers_is_bounded(sign_in, ada, ann, queries, labels):
    for number in range(30):
        Post().revise(by=ann, title=f"Same {number}", authors=[ann])
    db.session.commit()
    browser = sign_in(ada)
    labels(browser, "same")
    with queries() as asked:
        assert len(labels(browser, "same")) == 6
    assert len(asked) <= 8
