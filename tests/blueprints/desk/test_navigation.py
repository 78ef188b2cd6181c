import pytest

from broadsheet.forms.link_rows import MOST_LINKS
from broadsheet.models import Site
from markup import Page


@pytest.fixture
def browser(sign_in, ed):
    return sign_in(ed)


def rows(*links):
    names = ("position", "label", "url")
    return {
        f"links-{at}-{name}": value
        for at, link in enumerate(links)
        for name, value in zip(names, link, strict=True)
    }


def test_shows_the_links_and_room_for_more(browser):
    page = Page(browser.get("/desk/navigation").text)
    labels = [one.get("value") for one in page.all("input") if one.get("name").endswith("-label")]
    assert labels == ["Home", "Archive", "About", "Contact", "", ""]


def test_orders_by_number_adds_and_removes(browser, client):
    sent = rows(
        ("3", "Home", "/"), ("1", "Rust", "/tag/rust"), ("", "Shop", "https://shop.example"), ("", "", "")
    )
    sent |= rows(*[("", "", "")] * 4, ("2", "Gone", "/gone")) | {"links-4-remove": "y"} | sent
    answer = browser.submit("/desk/navigation", sent)
    assert (answer.status_code, answer.location) == (303, "/desk/navigation")
    assert Site.load().navigation == [
        {"label": "Rust", "url": "/tag/rust"},
        {"label": "Home", "url": "/"},
        {"label": "Shop", "url": "https://shop.example"},
    ]
    sections = Page(client.get("/").text).one("nav", class_="sections")
    assert [link["href"] for link in sections.all("a")] == ["/tag/rust", "/", "https://shop.example"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "data:text/html,hello",
        "about",
        "https://",
        "https:///path",
        "/with space",
        "",
    ],
)
def test_bad_address_is_explained_and_kept(browser, url):
    answer = browser.submit("/desk/navigation", rows(("1", "Home", "/"), ("2", "Bad", url)))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("input", name="links-1-url")["value"] == url
    assert page.one("p", class_="field-error").text
    leads_to = page.one("div", class_="error-summary").one("a")["href"].removeprefix("#")
    assert leads_to == page.one("input", name="links-1-url")["id"]
    assert len(Site.load().navigation) == 4


def test_bad_number_is_explained(browser):
    answer = browser.submit("/desk/navigation", rows(("first", "Home", "/")))
    assert answer.status_code == 422
    assert Page(answer.text).one("input", name="links-0-position")["value"] == "first"


def test_requires_sign_in_and_the_role(client, sign_in, ann):
    assert client.get("/desk/navigation").location.startswith("/login?")
    assert sign_in(ann).get("/desk/navigation").status_code == 403
    assert sign_in(ann).submit("/desk/navigation", rows(("1", "Home", "/"))).status_code == 403


@pytest.mark.parametrize("address", ["/desk/navigation", "/desk/settings"])
@pytest.mark.parametrize("count", [MOST_LINKS - 1, MOST_LINKS])
def test_as_many_links_as_there_may_be_are_shown_again(sign_in, ed, ada, address, count):
    links = [{"label": f"Link {number}", "url": "https://a.example/"} for number in range(count)]
    Site.load().change(navigation=links, social_links=links)
    answer = sign_in(ada).get(address)
    assert answer.status_code == 200
    assert answer.text.count("https://a.example/") >= count
