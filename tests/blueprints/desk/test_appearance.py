import io

import pytest

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib.colour import accents
from broadsheet.models import Event, Site, Upload
from broadsheet.models.upload_use import is_used
from broadsheet.web import appearance
from markup import Page
from pictures import picture

ADDRESS = "/desk/appearance"
RIGHT = {"accent": "#0055AA", "typeface": "sans", "header": "compact", "columns": "2"}


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


@pytest.fixture
def square(ada):
    upload = media.store(io.BytesIO(picture(size=(300, 300))), "square.png", by=ada)
    upload.describe("The Harbour")
    db.session.commit()
    return upload


def test_shows_what_is_set(browser):
    page = Page(browser.get(ADDRESS).text)
    assert page.one("input", name="accent")["type"] == "color"
    assert chosen(page) == {"typeface": "serif", "header": "centred", "columns": "0"}
    assert "4.5 is asked for" in page.one("table", class_="shades").text


def test_is_for_admins(sign_in, ed, client):
    assert sign_in(ed).get(ADDRESS).status_code == 403
    assert client.get(ADDRESS).location.startswith("/login")


def test_changes_the_look_of_every_page(browser, client):
    before = Page(client.get("/").text).one("style").text
    assert browser.submit(ADDRESS, RIGHT).location == ADDRESS
    style = Page(client.get("/").text).one("style").text
    assert accents("#0055aa")[0] in style
    assert "--serif:var(--sans)" in style
    assert "--column:" in style
    assert len(style) > len(before)
    (event,) = db.session.scalars(db.select(Event).where(Event.action == "settings_changed"))
    assert event.details["names"] == ["accent", "columns", "header", "typeface"]


def test_what_nobody_chose_costs_no_byte(client):
    style = Page(client.get("/").text).one("style").text
    assert "--column:" not in style
    assert "masthead-logo" not in style


def test_logo_stands_in_the_place_of_the_title(browser, client, square):
    browser.submit(ADDRESS, RIGHT | {"logo": square.path, "logo_dark": square.path})
    logo = Page(client.get("/").text).one("h1").one("img")
    assert (logo["alt"], logo["width"], logo["height"]) == ("The Harbour", "300", "300")
    square.describe("")
    db.session.commit()
    page = Page(client.get("/").text)
    assert page.one("h1").one("img")["alt"] == "Broadsheet"
    assert page.one("h1").one("source")["media"] == "(prefers-color-scheme: dark)"
    assert db.session.scalar(db.select(Upload.id).where(is_used())) == square.id
    assert "The look of the site" in browser.get(f"/desk/uploads/{square.id}/edit").text


def test_logo_that_was_deleted_gives_the_title_back(browser, client, square):
    browser.submit(ADDRESS, RIGHT | {"logo": square.path})
    square.delete()
    db.session.commit()
    assert Page(client.get("/").text).one("h1").text == "Broadsheet"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("accent", "red", "six digits"),
        ("accent", "#0055aa;}body{display:none", "six digits"),
        ("accent", "", "Choose a colour"),
        ("typeface", "comic", "valid choice"),
        ("columns", "9", "valid choice"),
        ("header", "wide", "valid choice"),
        ("logo", "/uploads/nothing.png", "no such picture"),
    ],
)
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/trial"])
def test_says_what_is_wrong_and_keeps_what_was_typed(browser, address, field, value, message):
    answer = browser.submit(address, RIGHT | {field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert chosen(Page(answer.text)).get("typeface") in ("sans", "comic", None)
    assert Site.load().accent == "#9b2a20"


def test_drawing_is_no_picture_of_the_site(browser, square):
    square.key, square.media_type = "00000000000000aa/sea.svg", "image/svg+xml"
    db.session.commit()
    assert browser.submit(ADDRESS, RIGHT | {"icon": square.path}).status_code == 422
    assert browser.submit(ADDRESS, RIGHT | {"logo": square.path}).status_code == 303


def test_picture_of_the_site_that_is_not_square_is_told_what_becomes_of_it(browser, square, ada):
    tall = media.store(io.BytesIO(picture(size=(200, 600))), "tall.png", by=ada)
    db.session.commit()
    assert "shown whole, smaller" in Page(browser.get(ADDRESS).text).one("p", id="icon-help").text
    browser.submit(ADDRESS, RIGHT | {"icon": tall.path})
    assert "not square (200 × 600)" in browser.get(ADDRESS).text
    browser.submit(ADDRESS, RIGHT | {"icon": tall.path})
    assert "not square" not in browser.get(ADDRESS).text  # it was told
    browser.submit(ADDRESS, RIGHT | {"icon": square.path})
    assert "not square" not in browser.get(ADDRESS).text


# -- a look that is tried


def test_look_is_seen_before_it_is_saved(browser, client, square):
    answer = browser.submit(f"{ADDRESS}/trial", RIGHT | {"logo": square.path})
    assert answer.status_code == 303
    assert answer.location.startswith("/?look=")
    shown = browser.get(answer.location)
    page = Page(shown.text)
    assert accents("#0055aa")[0] in page.one("style").text
    assert page.one("h1").one("img")
    assert "nothing is saved yet" in page.one("aside", class_="preview-bar").text
    assert "public" not in shown.headers["Cache-Control"]
    assert Site.load().accent == "#9b2a20"
    # The way back leads to the form as it was filled in.
    back = Page(browser.get(page.one("aside", class_="preview-bar").one("a")["href"]).text)
    assert chosen(back) == {"typeface": "sans", "header": "compact", "columns": "2"}
    assert back.one("input", name="accent")["value"] == "#0055aa"
    assert back.one("input", name="logo")["value"] == square.path


def test_nobody_else_sees_a_look_that_is_tried(browser, client, sign_in, ed):
    address = browser.submit(f"{ADDRESS}/trial", RIGHT).location
    for other in (client, sign_in(ed)):
        page = other.get(address)
        assert accents("#0055aa")[0] not in page.text
        assert "preview-bar" not in page.text
    assert client.get(address).text == client.get("/").text


def test_look_of_no_signature_or_of_yesterday_is_none(browser, app, monkeypatch):
    address = browser.submit(f"{ADDRESS}/trial", RIGHT).location
    for wrong in ("/?look=x", "/?look=", address[:-4] + "AAAA"):
        assert "preview-bar" not in browser.get(wrong).text
    monkeypatch.setattr(appearance, "TRIED_FOR", -1)
    assert "preview-bar" not in browser.get(address).text


def chosen(page):
    return {
        name: option["value"]
        for name in ("typeface", "header", "columns")
        for option in page.one("select", name=name).all("option")
        if "selected" in option.attributes
    }
