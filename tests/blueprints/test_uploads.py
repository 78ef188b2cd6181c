import io

import pytest

from broadsheet import media
from broadsheet.extensions import db
from pictures import picture

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'


@pytest.fixture
def upload(app):
    upload = media.store(io.BytesIO(picture()), "red and blue.png")
    db.session.commit()
    return upload


def test_sends_the_file_for_ever(client, upload):
    with client.get(upload.path) as answer:
        assert answer.status_code == 200
        assert answer.content_type == "image/png"
        assert answer.data == media.path_of(upload).read_bytes()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_asks_the_database_nothing(client, upload, queries):
    client.get("/health/live")  # whether the site is set up is known from here on
    client.get("/")
    address = upload.path
    with queries() as asked, client.get(address):
        pass
    assert asked == []


def test_is_not_sent_again_to_who_has_it(client, upload):
    with client.get(upload.path) as first:
        tag = first.headers["ETag"]
    with client.get(upload.path, headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
        assert again.data == b""


def test_is_sent_in_parts(client, upload):
    with client.get(upload.path, headers={"Range": "bytes=0-7"}) as part:
        assert part.status_code == 206
        assert part.data == b"\x89PNG\r\n\x1a\n"


def test_drawing_opened_by_itself_runs_and_fetches_nothing(client, app):
    upload = media.store(io.BytesIO(DRAWING), "drawing.svg")
    with client.get(upload.path) as answer:
        assert answer.content_type.startswith("image/svg+xml")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy


@pytest.mark.parametrize(
    "key",
    [
        "nothing",
        "0123456789abcdef/nothing.png",
        "../broadsheet.toml",
        "0123456789abcdef/../../secret_key",
        "%2e%2e/secret_key",
        "0123456789abcdef/..%2f..%2fsecret_key",
        "0123456789abcdef/.hidden.png",
        "0123456789abcdef/program.exe",
    ],
)
def test_what_is_no_upload_is_not_found(client, upload, key):
    answer = client.get(f"/uploads/{key}")
    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_refuses_the_wrong_method(client, upload):
    assert client.post(upload.path).status_code in (400, 405)
    assert client.delete(upload.path).status_code in (400, 405)
