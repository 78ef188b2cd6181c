"""One's own profile."""

import io

import pytest
from PIL import Image

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Upload

GOOD = {
    "name": "Ann A. Author",
    "bio": "I write *much*.",
    "timezone": "Asia/Tokyo",
    "links-0-label": "Site",
    "links-0-url": "https://ann.example.org/",
    "links-1-url": "mailto:ann@example.org",
}


def picture(color="red"):
    data = io.BytesIO()
    Image.new("RGB", (40, 40), color).save(data, "PNG")
    data.seek(0)
    return data, "me.png"


def test_shows_what_is_stored(sign_in, ann):
    text = sign_in(ann).get("/account").text
    assert 'value="Ann Author"' in text
    assert "ann@example.com" in text


def test_saves(sign_in, ann):
    client = sign_in(ann)
    assert client.submit("/account", GOOD).status_code == 303
    assert (ann.name, ann.timezone) == ("Ann A. Author", "Asia/Tokyo")
    assert "<em>much</em>" in ann.bio_html
    assert ann.links == [
        {"label": "Site", "url": "https://ann.example.org/"},
        {"label": "mailto:ann@example.org", "url": "mailto:ann@example.org"},
    ]
    assert "Your profile is saved" in client.get("/account").text


def test_links_can_be_taken_away(sign_in, ann):
    client = sign_in(ann)
    client.submit("/account", GOOD)
    client.submit("/account", {**GOOD, "links-0-label": "", "links-0-url": ""})
    assert [link["url"] for link in ann.links] == ["mailto:ann@example.org"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ann.example.org", "/about", "data:text/html,x", "http:///x"]
)
def test_refuses_a_link_that_is_none(sign_in, ann, url):
    answer = sign_in(ann).submit("/account", {**GOOD, "links-1-url": url})
    assert answer.status_code == 422
    assert "An address starts with" in answer.text
    assert url in answer.text
    assert ann.links == []


def test_says_what_is_wrong_and_keeps_what_was_typed(sign_in, ann):
    answer = sign_in(ann).submit("/account", {**GOOD, "name": " "})
    assert answer.status_code == 422
    assert "Please fill this in" in answer.text
    assert "I write *much*." in answer.text
    assert ann.name == "Ann Author"


def test_takes_a_picture_and_removes_it(sign_in, ann):
    client = sign_in(ann)
    assert client.submit("/account", {**GOOD, "avatar": picture()}).status_code == 303
    assert ann.avatar.path in client.get("/account").text
    assert client.submit("/account", {**GOOD, "remove_avatar": "y"}).status_code == 303
    assert ann.avatar is None


def test_a_reader_may_have_a_picture(sign_in, rea):
    assert sign_in(rea).submit("/account", {**GOOD, "avatar": picture()}).status_code == 303
    assert rea.avatar is not None


def test_refuses_what_is_no_picture(sign_in, ann):
    answer = sign_in(ann).submit("/account", {**GOOD, "avatar": (io.BytesIO(b"<?php ?>"), "me.png")})
    assert answer.status_code == 422
    assert 'id="avatar-error"' in answer.text
    assert "I write *much*." in answer.text
    assert db.session.scalar(db.select(Upload.id)) is None


def test_requires_sign_in(client):
    assert client.get("/account").location == "/login?next=/account"
    assert client.submit("/account", GOOD).status_code == 401


def test_nobody_waits_for_a_large_picture(sign_in, ann, monkeypatch):
    """Whoever has an account could hold up every other writer for as long as a picture takes."""
    prepare = media.prepare

    def slowly(*args):
        with db.engine.begin():  # another writer, which would wait for the lock
            return prepare(*args)

    monkeypatch.setattr(media, "prepare", slowly)
    assert sign_in(ann).submit("/account", GOOD | {"avatar": picture()}).status_code == 303
