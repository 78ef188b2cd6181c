import io

import pytest
from PIL import Image

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib.colour import accents, parse
from broadsheet.models import Site
from markup import Page
from pictures import RED, picture


@pytest.fixture
def photo(ada):
    upload = media.store(io.BytesIO(picture(size=(600, 300))), "wide.png", by=ada)
    Site.load().change(icon_id=upload.id)
    db.session.commit()
    return upload


def test_every_page_names_its_icons_and_they_are_there(client):
    page = Page(client.get("/").text)
    for link in (*page.all("link", rel="icon"), page.one("link", rel="apple-touch-icon")):
        answer = got(client, link["href"])
        assert answer["status"] == 200
        assert answer["cache"] == "public, max-age=31536000, immutable"
        if link.get("sizes") == "32x32":
            assert opened(answer).size == (32, 32)
    assert opened(got(client, page.one("link", rel="apple-touch-icon")["href"])).size == (180, 180)


def test_our_own_drawing_wears_the_accent(client):
    Site.load().change(accent="#0055aa")
    db.session.commit()
    shade, _dark = accents("#0055aa")
    page = Page(client.get("/").text)
    (drawing,) = page.all("link", rel="icon", type="image/svg+xml")
    assert shade in got(client, drawing["href"])["data"].decode()
    (small,) = page.all("link", rel="icon", type="image/png")
    assert opened(got(client, small["href"])).convert("RGB").getpixel((16, 8)) == pytest.approx(
        parse(shade), abs=4
    )


def test_picture_of_the_site_is_its_icon(client, photo):
    page = Page(client.get("/").text)
    (small,) = page.all("link", rel="icon")
    image = opened(got(client, small["href"]))
    assert image.convert("RGBA").getpixel((4, 16))[:3] == pytest.approx(RED, abs=3)
    assert image.convert("RGBA").getpixel((4, 1))[3] == 0  # the whole picture, with nothing around it
    touch = opened(got(client, page.one("link", rel="apple-touch-icon")["href"]))
    assert touch.mode == "RGB"


def test_favicon_ico_is_answered(client):
    answer = got(client, "/favicon.ico")
    image = opened(answer)
    assert (answer["status"], image.format) == (200, "ICO")
    assert image.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


@pytest.mark.parametrize("path", ["/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"])
def test_touch_icon_is_found_where_it_is_looked_for(client, path):
    answer = client.get(path)
    assert answer.status_code == 302  # not for ever: another picture has another address
    assert opened(got(client, answer.location)).size == (180, 180)


def test_manifest_names_the_site_its_colours_and_its_icons(client):
    Site.load().change(title="The Harbour Review", tagline="What the tide brings", accent="#0055aa")
    db.session.commit()
    page = Page(client.get("/").text)
    with client.get(page.one("link", rel="manifest")["href"]) as answer:
        said = answer.get_json(force=True)
    assert answer.content_type == "application/manifest+json"
    assert (said["name"], said["short_name"]) == ("The Harbour Review", "The Harbour")
    assert (said["theme_color"], said["start_url"], said["lang"]) == (accents("#0055aa")[0], "/", "en")
    assert [icon["purpose"] for icon in said["icons"]] == ["any", "any", "maskable"]
    for icon in said["icons"]:
        size = int(icon["sizes"].split("x")[0])
        assert opened(got(client, icon["src"])).size == (size, size)


def test_former_addresses_lead_to_the_icon_of_today(client):
    page = Page(client.get("/").text)
    former = [link["href"] for link in page.all("link", rel="icon")]
    Site.load().change(accent="#0055aa")
    db.session.commit()
    for address in former:
        answer = client.get(address)
        assert answer.status_code == 302
        assert got(client, answer.location)["status"] == 200
    assert client.get("/icon/999-0000000000000000.png").status_code == 404


def got(client, address):
    with client.get(address) as answer:
        return {"status": answer.status_code, "data": answer.data, "cache": answer.headers["Cache-Control"]}


def opened(answer):
    return Image.open(io.BytesIO(answer["data"]))
