from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Site
from markup import Page
from stage import PASSWORD

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


@pytest.mark.parametrize(
    ("before", "weaker"),
    [
        ({"second_factor_of": "admins"}, {"second_factor_of": "nobody"}),
        ({"second_factor_of": "all"}, {"second_factor_of": "editors"}),
        ({"authors_publish": False}, {"authors_publish": "True"}),
    ],
)
def test_what_opens_doors_takes_the_own_password(browser, ada, before, weaker, monkeypatch):
    monkeypatch.setattr(Site, "demands_second_factor_of", lambda *_: False)  # ada need not set one up
    wanted = {"second_factor_of": "nobody", "authors_publish": "False"} | RIGHT
    Site.load().change(**before)
    same = {name: str(value) for name, value in before.items()}
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert "own_password" in browser.get("/desk/settings").text
        answer = browser.submit("/desk/settings", wanted | weaker)
        assert answer.status_code == 422
        assert "This is not your password" in answer.text
        wrong = {"own_password": "not that one"}
        assert browser.submit("/desk/settings", wanted | weaker | wrong).status_code == 422
        assert {name: getattr(Site.load(), name) for name in before} == before
        assert browser.submit("/desk/settings", wanted | same).status_code == 303, "the rest needs none"
        right = {"own_password": PASSWORD}
        assert browser.submit("/desk/settings", wanted | weaker | right).status_code == 303
        assert {name: getattr(Site.load(), name) for name in before} != before


def test_more_safety_needs_no_password(browser):
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        more = {"second_factor_of": "admins", "authors_publish": "False"}
        assert browser.submit("/desk/settings", RIGHT | more).status_code == 303


@pytest.mark.parametrize("of", ["", "somebody", "ADMINS"])
def test_second_factor_of_nobody_knows_whom_is_refused(browser, of):
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert browser.submit("/desk/settings", RIGHT | {"second_factor_of": of}).status_code == 422


def test_whoever_has_just_signed_in_gives_none(browser):
    Site.load().change(authors_publish=False)
    assert "own_password" not in browser.get("/desk/settings").text
    assert browser.submit("/desk/settings", RIGHT | {"authors_publish": "True"}).status_code == 303


def test_requires_sign_in_and_the_role(client, sign_in, ed):
    assert client.get("/desk/settings").location.startswith("/login?")
    assert sign_in(ed).get("/desk/settings").status_code == 403
    assert sign_in(ed).submit("/desk/settings", RIGHT).status_code == 403


def test_refuses_the_wrong_method_and_a_form_without_token(browser):
    assert browser.put("/desk/settings").status_code in (400, 403, 405)
    assert browser.post("/desk/settings", data=RIGHT).status_code in (400, 403)
    assert Site.load().title == "Broadsheet"
