"""Large files in parts: begun, continued after a break, finished; nothing of them is left."""

import base64
import hashlib
import io
import json
import threading

import pytest
from sqlalchemy import select

import films
from broadsheet import media
from broadsheet.extensions import db
from broadsheet.media.parts import PART, OutOfStep, Parts
from broadsheet.models import Upload
from markup import Page

FILM = films.mp4() + films.box(b"free", bytes(PART + 1000))
JSON = {"Accept": "application/json"}


@pytest.fixture
def browser(sign_in, ann):
    browser = sign_in(ann)
    browser.token = Page(browser.get("/desk/uploads").text).all("input", name="csrf_token")[0]["value"]
    return browser


def begin(browser, name="harbour.mp4", size=None):
    said = {"name": name, "size": len(FILM) if size is None else size}
    return browser.submit("/desk/uploads/parts", said, headers=JSON)


def send(browser, url, offset, data, **headers):
    return browser.post(
        f"{url}?offset={offset}",
        data=data,
        content_type="application/octet-stream",
        headers=JSON | {"X-CSRFToken": browser.token} | headers,
    )


def left():
    return [path for path in media.incoming().rglob("*") if path.is_file()]


def test_file_arrives_in_parts(browser, ann):
    begun = begin(browser)
    assert (begun.status_code, begun.json["offset"], begun.json["part"]) == (201, 0, PART)
    url = begun.json["url"]
    assert send(browser, url, 0, FILM[:PART]).json["offset"] == PART
    assert send(browser, url, PART, FILM[PART:]).json["offset"] == len(FILM)
    kept = browser.submit(f"{url}/upload", headers=JSON)
    upload = db.session.scalars(select(Upload)).one()
    assert (kept.status_code, kept.json["id"], kept.json["sort"]) == (201, upload.id, "film")
    assert upload.uploaded_by == ann
    assert media.path_of(upload).read_bytes() == FILM
    assert not left()


def test_goes_on_where_it_was_broken_off(browser):
    url = begin(browser).json["url"]
    send(browser, url, 0, FILM[:PART])
    assert browser.get(url, headers=JSON).json["offset"] == PART
    again = send(browser, url, 0, FILM[:PART])
    assert (again.status_code, again.json["offset"]) == (409, PART)
    assert browser.submit(f"{url}/upload", headers=JSON).status_code == 409
    assert send(browser, url, PART, FILM[PART:]).status_code == 200


def test_part_that_was_garbled_on_the_way_is_sent_again(browser):
    url = begin(browser).json["url"]
    digest = base64.b64encode(hashlib.sha256(FILM[:PART]).digest()).decode()
    sums = {"Content-Digest": f"sha-256=:{digest}:"}
    garbled = send(browser, url, 0, b"x" + FILM[1:PART], **sums)
    assert (garbled.status_code, garbled.json["offset"]) == (409, 0)
    assert send(browser, url, 0, FILM[:PART], **sums).json["offset"] == PART


def test_more_than_was_said_is_not_taken(browser):
    url = begin(browser, size=10).json["url"]
    assert send(browser, url, 0, b"x" * 11).status_code == 409
    url = begin(browser).json["url"]
    assert send(browser, url, 0, FILM[: PART + 1]).status_code == 409


def test_what_is_too_large_is_refused_before_it_is_sent(browser):
    answer = begin(browser, size=10_000_000_000)
    assert answer.status_code == 422
    assert "larger than 500 MB" in answer.json["errors"][0]
    assert "empty" in begin(browser, size=0).json["errors"][0]
    url = begin(browser, "picture.png", 30_000_000).json["url"]
    answer = send(browser, url, 0, b"\x89PNG\r\n" + bytes(1000))  # a picture may have 20 MB
    assert (answer.status_code, "larger than 20 MB" in answer.json["errors"][0]) == (422, True)
    assert not left()


def test_wrong_kind_is_refused_and_nothing_is_left(browser):
    url = begin(browser, "program.exe", 100).json["url"]
    send(browser, url, 0, b"MZ\x90\0" + bytes(96))
    answer = browser.submit(f"{url}/upload", headers=JSON)
    assert answer.status_code == 422
    assert answer.json["errors"][0].startswith("“program.exe” was not kept. It is no kind of file")
    assert not left()


def test_full_disk_is_said_before_anything_is_sent(browser, monkeypatch):
    usage = media.parts.shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(media.parts.shutil, "disk_usage", lambda path: usage)
    assert "no room" in begin(browser).json["errors"][0]
    assert not left()


def test_parts_are_one_s_own(browser, sign_in, ben):
    url = begin(browser).json["url"]
    assert sign_in(ben).get(url, headers=JSON).status_code == 404
    assert browser.get("/desk/uploads/parts/../../etc", headers=JSON).status_code == 404
    assert browser.get(f"/desk/uploads/parts/{'0' * 32}", headers=JSON).status_code == 404


def test_nonsense_is_refused(browser):
    url = begin(browser).json["url"]
    assert begin(browser, size="many").status_code == 400
    assert send(browser, url, "x", b"").status_code == 400
    assert browser.post(f"{url}?offset=0", data=b"x", headers=JSON).status_code in (400, 403)


def test_nobody_begins_without_end(browser, monkeypatch):
    monkeypatch.setattr(media.parts, "MOST_AT_ONCE", 2)
    for _ in range(2):
        assert begin(browser).status_code == 201
    assert "half sent" in begin(browser).json["errors"][0]


def test_leftovers_are_swept_after_a_day_but_not_what_still_comes(browser):
    url = begin(browser).json["url"]
    about = next(path for path in left() if path.name == "about.json")
    assert json.loads(about.read_text())["name"] == "harbour.mp4"
    now = about.stat().st_mtime
    assert media.sweep(now + 3600) == 0
    assert media.sweep(now + 25 * 3600) == 1
    assert browser.get(url, headers=JSON).status_code == 404


def test_disk_that_fills_up_meanwhile_keeps_its_last_room(browser, monkeypatch):
    url = begin(browser).json["url"]
    usage = media.parts.shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(media.parts.shutil, "disk_usage", lambda path: usage)
    assert "no room" in send(browser, url, 0, FILM[:PART]).json["errors"][0]
    assert browser.get(url, headers=JSON).json["offset"] == 0


def test_part_that_comes_twice_at_once_is_taken_once(app, browser, ann):
    """By two connections: neither mixes into the other, and whoever is late learns the true offset."""
    begun = begin(browser).json["url"]
    arrived, told = threading.Barrier(2), []

    class Slow(io.BytesIO):
        def read(self, size=-1):
            if self.tell() == 0:
                arrived.wait(10)  # both are past the first look
            return super().read(size)

    def append(letter):
        with app.app_context():
            parts = Parts.find(begun.rpartition("/")[2], by=by)
            try:
                parts.append(Slow(letter * PART), 0)
                told.append((letter, parts.offset))
            except OutOfStep:
                told.append((None, parts.offset))

    by = ann.id
    threads = [threading.Thread(target=append, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [letter for letter, _offset in told if letter]
    assert [offset for _letter, offset in told] == [PART, PART]
    assert next(path for path in left() if path.name == "sent").read_bytes() == won * PART


def test_part_whose_connection_hangs_keeps_nobody_waiting(app, browser, ann):
    url = begin(browser).json["url"]
    parts = Parts.find(url.rpartition("/")[2], by=ann.id)

    class Hanging(io.BytesIO):
        def read(self, size=-1):
            if self.tell() and self.tell() == len(self.getvalue()) // 2:
                assert send(browser, url, 0, FILM[:PART]).json["offset"] == PART
            return super().read(len(self.getvalue()) // 2)

    with pytest.raises(OutOfStep):
        parts.append(Hanging(b"x" * PART), 0)
    assert next(path for path in left() if path.name == "sent").read_bytes() == FILM[:PART]


def test_part_that_is_late_for_a_file_that_is_kept_is_not_taken_for_a_full_disk(app, browser, ann):
    url = begin(browser).json["url"]
    send(browser, url, 0, FILM[:PART])
    parts = Parts.find(url.rpartition("/")[2], by=ann.id)

    class Late(io.BytesIO):
        def read(self, size=-1):
            if self.tell() == 0:
                send(browser, url, PART, FILM[PART:])
                assert browser.submit(f"{url}/upload", headers=JSON).status_code == 201
            return super().read(size)

    with pytest.raises(OutOfStep):
        parts.append(Late(FILM[PART:]), PART)
    assert send(browser, url, PART, FILM[PART:]).status_code == 404
    assert not left()
