"""What the lists of posts and pages have in common: narrowing and sorting."""

import datetime as dt

import pytest

from broadsheet.blueprints.desk import listing
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, Tag, content
from markup import Page


@pytest.fixture
def three(ann, ben):
    made = []
    for title, author, language, tag, words in (
        ("Beta", ann, "de", "Rust", 9), ("alpha", ben, "", "Rust", 30), ("Gamma", ann, "", "Python", 3),
    ):  # fmt: skip
        post = Post()
        post.revise(
            by=author, title=title, body="word " * words, authors=[author], language=language,
            tags=Tag.named([tag]),
        )  # fmt: skip
        made.append(post)
    db.session.commit()
    return made


@pytest.fixture
def titles(sign_in, ed, three):
    browser = sign_in(ed)

    def titles(query):
        return [
            one.text for one in Page(browser.get(f"/desk/posts?{query}").text).all(class_="listing-title")
        ]

    return titles


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag=Rust", {"Beta", "alpha"}),
        ("tag=rust", {"Beta", "alpha"}),
        ("tag=nothing", set()),
        ("language=de", {"Beta"}),
        ("author=ben", {"alpha"}),
        ("author=Ann+Author", {"Beta", "Gamma"}),
        ("author=ANN", {"Beta", "Gamma"}),
        ("tag=Rust&author=ann", {"Beta"}),
        ("q=gamma&tag=Python", {"Gamma"}),
    ],
)
def test_narrows(titles, query, found):
    assert set(titles(query)) == found


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("sort=title", ["alpha", "Beta", "Gamma"]),
        ("sort=-title", ["Gamma", "Beta", "alpha"]),
        ("sort=words", ["Gamma", "Beta", "alpha"]),
        ("sort=-saved", ["Gamma", "alpha", "Beta"]),
    ],
)
def test_sorts(titles, query, order):
    assert titles(query) == order


def test_what_has_no_date_comes_last_whichever_way_one_sorts(titles, three):
    three[0].publish()
    assert titles("sort=date")[0] == titles("sort=-date")[0] == "Beta"


def test_heads_of_columns_sort_and_say_so(sign_in, ed, three):
    browser = sign_in(ed)
    head = Page(browser.get("/desk/posts?tag=rust").text).one("thead")
    assert not [one for one in head.all("th") if one.get("aria-sort")]
    by_title = head.all("a")[0]["href"]
    assert by_title == "/desk/posts?tag=rust&sort=title"
    head = Page(browser.get(by_title).text).one("thead")
    assert [one.text for one in head.all("th", **{"aria-sort": "ascending"})] == ["Title ↑"]
    assert head.all("a")[0]["href"] == "/desk/posts?tag=rust&sort=-title"


def test_filters_stay_when_one_turns_to_another_view(sign_in, ed, three):
    page = Page(sign_in(ed).get("/desk/posts?tag=rust&sort=title").text)
    assert {link["href"] for link in page.one("nav", class_="tabs").all("a")} >= {
        "/desk/posts?tag=rust&sort=title",
        "/desk/posts?state=draft&tag=rust&sort=title",
    }
    assert page.one("input", id="tag")["value"] == "rust"
    assert page.one("details", class_="narrow").attributes.get("open") is not None


def test_of_very_many_matches_the_newest_are_listed(sign_in, ed, three, monkeypatch):
    monkeypatch.setattr(listing, "MOST_MATCHES", 2)
    page = Page(sign_in(ed).get("/desk/posts?q=word&sort=title").text)
    assert [one.text for one in page.all(class_="listing-title")] == ["alpha", "Gamma"]
    assert "The newest 2 with these words." in page.one("main").text


def test_search_looks_into_titles_of_all_and_into_the_texts_changed_last(titles, draft, monkeypatch):
    monkeypatch.setattr(content, "READ_THROUGH", 1)
    Post().revise(by=None, title="The newer one", summary="Of herons.", body="About *kingfishers*.")
    draft.revise(by=None, title="Of otters", body="About wagtails.")
    draft.updated_at = clock.now() - dt.timedelta(days=1)
    db.session.commit()
    assert titles("q=kingfishers") == titles("q=herons") == titles("q=newer-one") == ["The newer one"]
    assert titles("q=otters") == ["Of otters"]
    assert titles("q=wagtails") == []


def test_pages_sort_by_address(sign_in, ed, page):
    listed = Page(sign_in(ed).get("/desk/pages?sort=address").text)
    assert listed.one("th", **{"aria-sort": "ascending"}).text == "Address ↑"


def test_save_that_is_held_back_is_the_last_change_but_no_update_for_readers(
    client, sign_in, ann, post, draft
):
    post.published_at = post.revised_at = post.updated_at = clock.now() - dt.timedelta(days=3)
    browser, address = sign_in(ann), "/desk/posts?sort=-saved"
    assert (
        Page(browser.get(address).text).one("tbody").all("a", class_="listing-title")[0].text == draft.title
    )
    browser.submit(f"/desk/posts/{post.id}/edit", {"body": "Held back.", "version": 1})
    assert post.has_held_changes
    assert Page(browser.get(address).text).one("tbody").all("a", class_="listing-title")[0].text == post.title
    assert "updated" not in Page(client.get(post.path).text).one("article").text
    browser.submit(f"/desk/posts/{post.id}/publication", {"body": "Held back.", "version": 2})
    assert "updated" in Page(client.get(post.path).text).one("article").text
