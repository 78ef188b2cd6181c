"""The files under static/, as a browser gets them."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import url_for
from werkzeug.test import Client

from broadsheet.web.static import PREFIX
from markup import Page

STATIC = Path(__file__).parents[2] / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
SCRIPT = "js/editor-saving.js"  # imports one that lies beside it


@pytest.fixture
def address(app):
    """Of a file, as pages have it."""
    with app.test_request_context():
        here = url_for("static", filename=SCRIPT).removesuffix(SCRIPT)
    return lambda name: here + name


@pytest.fixture
def own_files(make_app, tmp_path, monkeypatch):
    """A site whose static/ is a folder of the test's."""
    folder = tmp_path / "static"
    folder.mkdir()
    monkeypatch.setattr("broadsheet.ROOT", tmp_path)
    (tmp_path / "templates").symlink_to(STATIC.parent / "templates")
    (tmp_path / "site").symlink_to(STATIC.parent / "site")

    def make(**files: str):
        for name, content in files.items():
            (folder / f"{name}.js").write_text(content)
        return make_app(), folder

    return make


def test_every_file_is_answered_as_it_is_and_may_be_kept_for_ever(client, address):
    for path in FILES:
        answer = client.get(address(path.relative_to(STATIC).as_posix()))
        assert answer.status_code == 200, path
        assert answer.data == path.read_bytes()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert int(answer.headers["Content-Length"]) == path.stat().st_size
        assert "octet-stream" not in answer.content_type or not path.suffix


def test_flask_is_not_asked(app, client, address):
    asked = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: asked.append(1))
    assert client.get(address(SCRIPT)).status_code == 200
    assert asked == []


def test_script_finds_what_it_imports_beside_itself(client, address):
    imported = re.search(r'from "\./(.+?)"', client.get(address(SCRIPT)).text)[1]
    beside = address(SCRIPT).rpartition("/")[0] + "/" + imported
    assert client.get(beside).headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize(
    ("accepts", "coding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
        ("identity", None, bytes),
        ("deflate", None, bytes),
        ("", None, bytes),
    ],
)
def test_text_travels_in_the_best_coding_that_is_accepted(client, address, accepts, coding, unpack):
    answer = client.get(address(SCRIPT), headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert unpack(answer.data) == (STATIC / SCRIPT).read_bytes()


def test_fonts_are_not_compressed_again(client, address):
    font = next(path for path in FILES if path.suffix == ".woff").relative_to(STATIC).as_posix()
    answer = client.get(address(font), headers={"Accept-Encoding": "br"})
    assert (answer.content_type, answer.headers.get("Content-Encoding")) == ("font/woff", None)


def test_each_coding_has_a_strong_etag_and_who_knows_it_gets_no_body(client, address):
    etags = set()
    for accepts in ("br", "gzip", "identity"):
        headers = {"Accept-Encoding": accepts}
        etag = client.get(address(SCRIPT), headers=headers).headers["ETag"]
        etags.add(etag)
        for known in (etag, f'"other", W/{etag}', "*"):
            answer = client.get(address(SCRIPT), headers=headers | {"If-None-Match": known})
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
        answer = client.get(address(SCRIPT), headers=headers | {"If-None-Match": '"other"'})
        assert answer.status_code == 200
    assert len(etags) == 3
    assert all(re.fullmatch(r'"[\w-]+"', etag) for etag in etags)


def test_head_has_the_headers_of_get(client, address):
    get, head = client.get(address(SCRIPT)), client.head(address(SCRIPT))
    assert head.data == b""
    assert dict(get.headers) == dict(head.headers)


def test_address_of_before_an_upgrade_is_answered_but_not_to_be_kept(client):
    for old in (f"{PREFIX}0123456789ab/{SCRIPT}", PREFIX + SCRIPT):
        answer = client.get(old)
        assert answer.data == (STATIC / SCRIPT).read_bytes()
        assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "none.css",
        "0123456789ab/none.css",
        "",
        "css",
        "../manage.py",
        "0123456789ab/../../manage.py",
        "css/../../manage.py",
        "..\\manage.py",
        "css/base.css\0",
        "css/base.css\n",
        "0123456789ab/0123456789ab/css/base.css",
        "é.css",
    ],
)
def test_nothing_else_is_answered(client, path):
    answer = client.get("/", environ_overrides={"PATH_INFO": PREFIX + path})
    assert answer.status_code in (400, 404)
    assert Page(answer.text).one("h1")


def test_only_reading_is_meant(client, address):
    assert client.post(address(SCRIPT)).status_code in (400, 405)


def test_hidden_files_are_not_listed(own_files):
    _, folder = own_files(one="1")
    (folder / ".git").mkdir()
    (folder / ".git" / "config.js").write_text("secret")
    app, _ = own_files()
    client = Client(app)
    assert client.get("/static/one.js").data == b"1"
    with client.get("/static/.git/config.js") as answer:
        assert answer.headers["Cache-Control"] != "public, no-cache"


def test_one_changed_file_gives_all_of_them_new_addresses(own_files):
    addresses = []
    for content in ("1", "2"):
        app, _ = own_files(one=content, two="constant")
        with app.test_request_context():
            addresses.append(app.url_for("static", filename="two.js"))
    assert addresses[0] != addresses[1]


def test_who_works_on_the_files_sees_each_change(own_files):
    app, folder = own_files(one="let a = 1")
    client = Client(app)
    for debug, content, expected in (
        (False, "let b = 22", "let a = 1"),
        (True, "let c = 333", "let c = 333"),
    ):
        app.debug = debug
        (folder / "one.js").write_text(content)
        assert client.get("/static/one.js").text == expected


def test_large_file_is_left_to_flask(own_files, monkeypatch):
    monkeypatch.setattr("broadsheet.web.static.LARGEST", 5)
    app, _ = own_files(one="let a = 1")
    with Client(app).get("/static/one.js") as answer:
        assert (answer.status_code, answer.data) == (200, b"let a = 1")
        assert "X-Request-ID" in answer.headers
