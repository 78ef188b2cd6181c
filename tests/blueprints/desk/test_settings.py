import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Event, Site
from markup import Page

RIGHT = {
    "title": "The Oxide Review",
    "tagline": "Notes on rust",
    "language": "de",
    "timezone": "Europe/Berlin",
    "posts_per_page": "20",
    "footer": "Printed *nowhere*.",
    "social_links-0-position": "2",
    "social_links-0-label": "Second",
    "social_links-0-url": "https://second.example",
    "social_links-1-position": "1",
    "social_links-1-label": "First",
    "social_links-1-url": "mailto:me@example.org",
    "social_links-2-position": "",
    "social_links-2-label": "",
    "social_links-2-url": "",
}


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def test_shows_what_is_set(browser):
    page = Page(browser.get("/desk/settings").text)
    assert page.one("input", name="title")["value"] == "Broadsheet"
    (language,) = (
        one for one in page.one("select", name="language").all("option") if "selected" in one.attributes
    )
    assert language["value"] == "en"


def test_empty_rows_hinder_no_browser(browser):
    page = Page(browser.get("/desk/settings").text)
    row = page.all("fieldset", class_="link-row")[0]
    assert not [one for one in row.all("input") if "required" in one.attributes]


def test_changes_what_differs_and_the_log_knows(browser, client):
    answer = browser.submit("/desk/settings", RIGHT)
    assert (answer.status_code, answer.location) == (303, "/desk/settings")
    site = Site.load()
    assert (site.title, site.language, site.timezone) == ("The Oxide Review", "de", "Europe/Berlin")
    assert site.posts_per_page == 20
    assert "<em>nowhere</em>" in site.footer_html
    assert site.social_links == [
        {"label": "First", "url": "mailto:me@example.org"},
        {"label": "Second", "url": "https://second.example"},
    ]
    names = db.session.scalars(select(Event).where(Event.action == "settings_changed")).one().details["names"]
    assert "title" in names
    assert "navigation" not in names
    page = Page(client.get("/").text)
    assert "The Oxide Review" in page.one("title").text


def test_saving_unchanged_is_no_event(browser):
    browser.submit("/desk/settings", RIGHT)
    browser.submit("/desk/settings", RIGHT)
    assert len(db.session.scalars(select(Event).where(Event.action == "settings_changed")).all()) == 1


def test_a_row_is_removed_by_its_tick(browser):
    browser.submit("/desk/settings", RIGHT)
    browser.submit("/desk/settings", RIGHT | {"social_links-0-remove": "y"})
    assert [link["label"] for link in Site.load().social_links] == ["First"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "  ", "needs a title"),
        ("title", "x" * 101, "1 character too long"),
        ("language", "xx-nonsense", "valid choice"),
        ("timezone", "Mars/Crater", "valid choice"),
        ("posts_per_page", "0", "from 1 to 100"),
        ("posts_per_page", "1000", "from 1 to 100"),
        ("posts_per_page", "many", "from 1 to 100"),
        ("social_links-0-url", "javascript:alert(1)", "whole address"),
        ("social_links-0-url", "/about", "whole address"),
        ("social_links-0-label", "", "label is missing"),
    ],
)
def test_bad_input_is_explained_and_kept(browser, field, value, words):
    answer = browser.submit("/desk/settings", RIGHT | {field: value})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert words in " ".join(error.text for error in page.all("p", class_="field-error"))
    assert words in page.one("div", class_="error-summary").text
    assert page.one("textarea", name="footer").value == "Printed *nowhere*."
    assert page.one("input", name="social_links-1-url")["value"] == "mailto:me@example.org"
    assert Site.load().title == "Broadsheet"


def test_footer_cannot_carry_a_script(browser):
    browser.submit("/desk/settings", RIGHT | {"footer": "<script>alert(1)</script><b onclick=x>bold</b>"})
    assert "script" not in Site.load().footer_html
    assert "onclick" not in Site.load().footer_html


def test_requires_sign_in_and_the_role(client, sign_in, ed):
    assert client.get("/desk/settings").location.startswith("/login?")
    assert sign_in(ed).get("/desk/settings").status_code == 403
    assert sign_in(ed).submit("/desk/settings", RIGHT).status_code == 403


def test_refuses_the_wrong_method_and_a_form_without_token(browser):
    assert browser.put("/desk/settings").status_code in (400, 403, 405)
    assert browser.post("/desk/settings", data=RIGHT).status_code in (400, 403)
    assert Site.load().title == "Broadsheet"
