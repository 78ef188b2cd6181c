"""The search page."""

import pytest
from defusedxml import ElementTree

from broadsheet.extensions import db
from broadsheet.models import Post, Site, Tag
from markup import Page


@pytest.fixture
def apples(ann):
    for number in range(1, 13):
        post = Post()
        post.revise(
            by=ann,
            title=f"Apple {number} & <more>",
            body="Of *pears*.",
            authors=[ann],
            tags=Tag.named(["Fruit"]),
        )
        post.publish()
    db.session.commit()


def look(client, question=""):
    answer = client.get(f"/search{question}")
    assert answer.status_code == 200
    return Page(answer.text)


def test_finds_posts_and_marks_the_words(client, apples):
    page = look(client, "?q=apple+pears")
    assert page.one("h2", class_="search-said").text == "More than 10 posts, the best first"
    assert page.headlines[0].endswith("& <more>")
    assert {mark.text.lower() for mark in page.all("mark")} == {"apple", "pears"}
    assert page.one("input", name="q")["value"] == "apple pears"


def test_has_pages_without_a_total(client, apples):
    page = look(client, "?q=apple")
    assert page.one("a", rel="next")["href"] == "/search?q=apple&page=2"
    second = look(client, "?q=apple&page=2")
    assert len(second.headlines) == 2
    assert second.one("a", rel="prev")["href"] == "/search?q=apple"
    assert client.get("/search?q=apple&page=3").status_code == 404
    assert client.get("/search?q=apple&page=x").status_code == 404
    assert client.get("/search?q=apple&page=1").location == "/search?q=apple"


def test_offers_tags_while_nothing_is_asked(client, apples, draft):
    draft.revise(by=None, tags=Tag.named(["Secret"]))
    page = look(client)
    assert page.one("section", class_="search-tags").one("a").text == "Fruit"
    assert page.one("input", name="q").get("autofocus", "no") == ""


def test_suggests_what_may_have_been_meant(client, apples):
    page = look(client, "?q=appel")
    assert page.one("h2", **{"data-said": ""}).text == "Nothing found"
    assert page.one("strong").text == "apple"
    assert page.one("strong").parent["href"] == "/search?q=apple"
    assert "Try fewer or other words" in look(client, "?q=qqqqqq").text


def test_nobody_fills_the_memory_with_long_questions(client, apples):
    page = look(client, f"?q={'x' * 5_000}")
    assert len(page.one("input", name="q")["value"]) < 1_000


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("apple before:soon", "“soon” is no date and was left out."),
        ("apple tag:nuts", "No post has the tag “nuts”."),
        ("apple author:nobody", "Nobody called “nobody” has written here."),
        ("apple tag:", "After “tag:” its value is missing."),
        ("x" * 300, "only its first words"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(client, apples, typed, said):
    page = look(client, f"?q={typed}")
    assert said in page.one("p", class_="search-advice").text
    assert page.one("input", name="q")["value"] == typed


def test_what_is_found_is_not_for_search_engines_but_the_search_is(client, apples):
    assert look(client, "?q=apple").one("meta", name="robots")["content"] == "noindex"
    page = look(client)
    assert not page.all("meta", name="robots")
    assert page.one("link", rel="canonical")["href"].endswith("/search")
    assert page.one("meta", name="description")["content"]


def test_a_script_gets_the_part_that_changes(client, apples):
    answer = client.get("/search/results?q=apple")
    assert "<html" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert Page(answer.text).headlines == look(client, "?q=apple").headlines


def test_says_the_same_to_everybody_and_sets_no_cookie(client, apples):
    answer = client.get("/search?q=apple")
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "typed", ["%22", "%00", "*", "AND", "tag:%22", "%F0%9F%A6%80", "a%27b%5C", "%ED%A0%80"]
)
def test_no_question_breaks_it(client, apples, typed):
    look(client, f"?q={typed}")


def test_browsers_are_told_how_to_search(client):
    link = Page(client.get("/").text).one("link", rel="search")
    answer = client.get(link["href"])
    assert answer.mimetype == link["type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.text)
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert root.tag == f"{name}OpenSearchDescription"
    assert root.find(f"{name}Url").get("template") == "http://localhost/search?q={searchTerms}"
    assert len(root.find(f"{name}ShortName").text) <= 16


def test_browsers_call_the_search_by_a_name_in_its_language(client):
    Site.load().change(title="The Lantern & Tide", language="de")
    db.session.commit()
    root = ElementTree.fromstring(client.get("/opensearch.xml").text)
    said = {one.tag.partition("}")[2]: one.text for one in root}
    assert (said["ShortName"], said["LongName"]) == ("The Lantern", "The Lantern & Tide")
    assert said["Description"] == "Suche auf The Lantern & Tide"


def test_each_page_leads_to_it_once(client, post):
    for address in ("/", post.path, "/search", "/archive"):
        page = Page(client.get(address).text)
        assert page.one("a", class_="masthead-search")["href"] == "/search"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/2019/05/12/A-published-poste.html", "a published poste"),
        ("/post/99/Crème_brûlée", "creme brulee"),
        ("/tag/nuts", "nuts"),
        ("/404", ""),
    ],
)
def test_an_address_that_is_not_there_offers_its_words(client, address, words):
    answer = client.get(address)
    assert answer.status_code == 404
    form = Page(answer.text).one("form", role="search")
    assert form["action"] == "/search"
    assert form.one("input", name="q")["value"] == words.removeprefix("a ")


def test_strangers_search_often_enough(limited_client):
    for _ in range(200):
        assert limited_client.get("/search/results?q=a").status_code == 200
    assert limited_client.get("/search/results?q=a").status_code == 429


def test_asks_the_database_a_dozen_times_at_most(client, publish_many, queries):
    publish_many(120)
    with queries() as asked:
        client.get("/search?q=post")
    assert len(asked) <= 12
