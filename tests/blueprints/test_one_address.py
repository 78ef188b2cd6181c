"""One page, one address: what else leads to it redirects, or names the right one."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Alias, Series, Site
from broadsheet.models import Page as OwnPage
from markup import Page


@pytest.fixture
def lists(post, publish_many):
    """The addresses of lists, each with three pages and more."""
    Site.load().change(posts_per_page=2)
    publish_many(5)
    series = Series.create(name="Letters")
    for one in db.session.scalars(db.select(type(post))):
        one.series, one.published_at = series, post.published_at
    db.session.commit()
    year, month = post.published_at.year, post.published_at.month
    return ["/", "/tag/notes", "/user/ann", "/series/letters", f"/archive/{year}", f"/archive/{year}/{month}"]


@pytest.fixture
def pages(lists, post, page):
    """The addresses of all kinds of public pages."""
    about = OwnPage()
    about.revise(by=None, title="About", slug="about", body="We.")
    about.publish()
    db.session.commit()
    return [*lists, "/archive", post.path, page.path, "/about", "/contact", "/submit"]


def canonical(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Page(answer.text).one("link", rel="canonical")["href"].removeprefix("http://localhost")


def test_page_names_its_address_whatever_is_asked_along(client, pages):
    for asked in ("", "?utm_source=x&fbclid=y", "?PAGE=2&sort=title"):
        assert [canonical(client, path + asked) for path in pages] == pages


def test_each_page_of_a_list_has_its_address_and_knows_its_neighbours(client, lists):
    for path in lists:
        second = f"{path}?page=2"
        assert canonical(client, f"{second}&utm_source=x") == second
        page = Page(client.get(second).text)
        assert page.all("a", rel="prev")[0]["href"] == path
        assert page.all("a", rel="next")[0]["href"] == f"{path}?page=3"


def test_what_is_no_page_of_a_list_is_not_found(client, lists):
    for path in lists:
        assert client.get(f"{path}?page=1").location == path
        for beyond in ("4", "x", ""):
            assert client.get(f"{path}?page={beyond}").status_code == 404, (path, beyond)


def test_slash_too_many_leads_to_the_page(client, pages):
    for path in pages[1:]:
        kind, _, name = path.rpartition("/")
        for wrong in (f"{path}/", *([f"{kind}//{name}"] if kind else [])):
            answer = client.get(wrong)
            assert answer.status_code in (301, 308), wrong
            assert answer.location.removeprefix("http://localhost") == path, wrong


@pytest.mark.parametrize("path", ["//", "//tag/notes", "///about", "//search"])
def test_slash_too_many_in_front_leads_to_the_page(client, pages, path):
    answer = client.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": "q=tide"})
    assert (answer.status_code, answer.location) == (301, f"/{path.strip('/')}?q=tide")


def test_parts_of_the_sitemap_have_one_number(client, post):
    answer = client.get("/sitemap-01.xml")
    assert (answer.status_code, answer.location) == (301, "/sitemap-1.xml")


def test_wrong_address_leads_to_the_page_in_one_step(client, pages, post, page):
    post_path, short = post.path, f"/post/{post.id}"
    wrong = {
        f"{short}/": post_path,
        f"{short}/second-name/": post_path,
        f"/Post/{post.id}/Second-Name/": post_path,
        f"{short}.md": f"{post_path}.md",
        f"/POST/{post.id}.MD": f"{post_path}.md",
        "/About": "/about",
        "/Imprint/": "/imprint",
        "/Imprint.md": "/imprint.md",
        "/TAG/Notes": "/tag/notes",
        "/Series/letters": "/series/letters",
        "/USER/Ann/": "/user/ann",
        "/Archive/": "/archive",
        "/Feed.Atom": "/feed.atom",
        "/Login": "/login",
    }
    found = {path: client.get(path) for path in wrong}
    assert {path: (answer.status_code, answer.location) for path, answer in found.items()} == {
        path: (301, right) for path, right in wrong.items()
    }
    for right in wrong.values():
        assert client.get(right).status_code == 200, right


def test_what_was_asked_along_is_asked_of_the_right_address(client, lists, post):
    Alias.create("/old/place", post)
    db.session.commit()
    for wrong, right in {
        "/search/?q=tide": "/search?q=tide",
        "/tag/notes/?page=2": "/tag/notes?page=2",
        "/tag/Notes?page=2": "/tag/notes?page=2",
        "/user/ANN?page=2": "/user/ann?page=2",
        f"/post/{post.id}?utm_source=a%26b&x": f"{post.path}?utm_source=a%26b&x",
        "/old/place?a=1&a=2": f"{post.path}?a=1&a=2",
        "/tag/Notes/feed.atom?page=2": "/tag/notes/feed.atom?page=2",
        "/feed.xml?page=2": "/feed.atom?page=2",
    }.items():
        answer = client.get(wrong)
        assert (answer.status_code, answer.location) == (301, right), wrong


@pytest.mark.parametrize("query", ["a=\r\nSet-Cookie: x=1", "a=\xc3\xa9", "q=<b>"])
def test_nothing_that_was_asked_along_breaks_the_answer(client, query):
    answer = client.get("/search/", environ_overrides={"QUERY_STRING": query})
    assert answer.location.startswith("/search?")
    assert not set(answer.location) & set("\r\n <")


def test_capitals_lead_to_the_page(client, pages, post):
    for path in ("/tag/notes", "/user/ann", "/series/letters", post.path):
        kind, _, name = path.rpartition("/")
        answer = client.get(f"{kind}/{name.upper()}")
        assert (answer.status_code, answer.location) == (301, path)
