import io

import pytest
from PIL import Image

import films
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
        assert "unsafe" not in policy


def test_drawing_that_was_kept_with_styles_is_sent_without(client, app):
    upload = media.store(io.BytesIO(DRAWING), "drawing.svg")
    styled = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><path style="fill:red"/></svg>'
    (media.folder() / upload.key).write_bytes(styled)
    with client.get(upload.path) as answer:
        assert b'<path fill="red" />' in answer.data
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "immutable" in answer.headers["Cache-Control"]
        tag = answer.headers["ETag"]
    assert client.get(upload.path, headers={"If-None-Match": tag}).status_code == 304


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


def stored(data, name):
    upload = media.store(io.BytesIO(data), name)
    db.session.commit()
    return upload


def test_film_is_sent_in_parts_and_only_if_it_is_still_the_same(client, app):
    upload = stored(films.mp4(), "harbour.mp4")
    with client.get(upload.path, headers={"Range": "bytes=10-19"}) as part:
        assert (part.status_code, part.content_type) == (206, "video/mp4")
        assert part.headers["Content-Range"] == f"bytes 10-19/{upload.size}"
        assert part.headers["Accept-Ranges"] == "bytes"
        tag = part.headers["ETag"]
    with client.get(upload.path, headers={"Range": "bytes=0-3", "If-Range": tag}) as same:
        assert same.status_code == 206
    with client.get(upload.path, headers={"Range": "bytes=0-3", "If-Range": '"another"'}) as other:
        assert (other.status_code, len(other.data)) == (200, upload.size)
    with client.get(upload.path, headers={"Range": f"bytes={upload.size}-"}) as beyond:
        assert beyond.status_code == 416


@pytest.mark.parametrize("ending", films.OTHERS)
def test_only_what_is_safe_is_shown_in_the_window(client, app, ending):
    upload = stored(films.OTHERS[ending], "a thing")
    with client.get(upload.path) as answer:
        assert answer.mimetype == media.MEDIA_TYPES[ending]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        # A script may not run; with an origin of its own Chromium would not play it.
        assert answer.headers["Content-Security-Policy"].endswith("; sandbox allow-same-origin")
        wanted = "attachment" if ending in (".pdf", ".epub", ".txt") else "inline"
        assert answer.headers["Content-Disposition"] == f"{wanted}; filename=a-thing{ending}"


def photograph(width=1000):
    gradient = Image.linear_gradient("L").resize((width, width // 2))
    out = io.BytesIO()
    Image.merge("RGB", (gradient, gradient.rotate(180), gradient)).save(out, "JPEG")
    return out.getvalue()


def test_size_that_is_not_there_yet_is_made_once(client, app):
    upload = stored(photograph(), "harbour.jpg")
    address = upload.path.replace(".jpg", "-480.avif")
    (media.folder() / address.removeprefix("/uploads/")).unlink()
    with client.get(address) as answer:
        assert (answer.status_code, answer.content_type) == (200, "image/avif")
        assert Image.open(io.BytesIO(answer.data)).size == (480, 240)
    assert (media.folder() / address.removeprefix("/uploads/")).is_file()


@pytest.mark.parametrize(
    "end", ["-481.avif", "-2400.webp", "-480.jpg", "-480.gif", "-0480.avif", "-480-480.avif"]
)
def test_nobody_fills_the_disk_with_other_sizes(client, app, end):
    upload = stored(photograph(), "harbour.jpg")
    before = sorted(media.folder().rglob("*"))
    assert client.get(upload.path.replace(".jpg", end)).status_code == 404
    assert sorted(media.folder().rglob("*")) == before


def test_sizes_of_a_picture_that_is_gone_are_not_found(client, app):
    upload = stored(photograph(), "harbour.jpg")
    address = upload.path.replace(".jpg", "-480.avif")
    (media.folder() / address.removeprefix("/uploads/")).unlink()
    db.session.delete(upload)
    db.session.commit()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["a" * 300 + ".png", "a" * 300 + "-480.webp"])
def test_name_that_no_file_can_have_is_not_found(client, upload, name):
    assert client.get(f"{upload.path.rpartition('/')[0]}/{name}").status_code == 404
