import sqlite3

import pytest
from sqlalchemy import event

from broadsheet.extensions import db, limiter
from broadsheet.web.access import ACCESS, ANYONE
from markup import Page
from stage import on_sqlite
from visiting import fields_of, fill_in

LETTER = {"name": "Vic", "email": "vic@example.org", "message": "Hello."}
JSON = {"Accept": "application/json"}


def refused_form(client, **options):
    headers = options.pop("headers", {}) | {"Sec-Fetch-Site": "cross-site"}
    return client.post("/contact", data=LETTER, headers=headers, **options)


def closed_door(client, **options):
    return client.get("/for-tests/without-a-row", **options)


def nothing_there(client, **options):
    return client.get("/nothing", **options)


def wrong_method(client, **options):
    return client.delete("/archive", **options)


def too_much(client, **options):
    client.application.config["MAX_CONTENT_LENGTH"] = 1000
    return client.post("/contact", data=LETTER | {"message": "x" * 1000}, **options)


def too_often(client, **options):
    client.get("/for-tests/limited")
    return client.get("/for-tests/limited", **options)


def broken(client, **options):
    return client.get("/for-tests/broken", **options)


def database_away(client, **options):
    client.get("/")
    db.session.remove()
    away = db.engine.dialect.dbapi.OperationalError

    def refuse(*_):
        raise away("nobody answers")

    event.listen(db.engine, "do_connect", refuse)
    db.engine.dispose()
    return client.get("/", **options)


CASES = [
    (400, refused_form),
    (403, closed_door),
    (404, nothing_there),
    (405, wrong_method),
    (413, too_much),
    (429, too_often),
    (500, broken),
    (503, database_away),
]


@pytest.mark.parametrize(("status", "trigger"), CASES)
def test_error_is_a_page_with_a_way_onward(troubled_client, status, trigger):
    answer = trigger(troubled_client)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    page = Page(answer.text)
    assert page.one("html")["lang"] == "en"
    assert page.one("h1").text
    assert str(status) in page.one("main").text
    assert "/" in [link["href"] for link in page.one("main").all("a")]
    assert page.one("meta", name="robots")["content"] == "noindex"


@pytest.mark.parametrize(("status", "trigger"), CASES)
def test_error_is_json_for_a_program(troubled_client, status, trigger):
    answer = trigger(troubled_client, headers=JSON)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("status", "trigger"), CASES)
def test_error_has_the_armour_of_every_answer_and_no_cookie(troubled_client, status, trigger):
    answer = trigger(troubled_client)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "public" not in answer.headers["Cache-Control"] or status == 404


def test_405_names_what_is_allowed(client):
    assert {"GET", "HEAD"} <= set(client.delete("/archive").headers["Allow"].split(", "))


def test_503_and_429_say_when_to_come_back(troubled_client):
    assert int(too_often(troubled_client).headers["Retry-After"]) > 0
    assert int(database_away(troubled_client).headers["Retry-After"]) > 0


def test_500_tells_nothing_of_its_cause(troubled_client):
    for answer in (broken(troubled_client), broken(troubled_client, headers=JSON)):
        assert "secret cause" not in answer.text
        assert "Traceback" not in answer.text


def test_500_leaves_nothing_half_done(troubled_client):
    broken(troubled_client)
    assert fill_in(troubled_client, "/contact", **LETTER).status_code == 303


def test_signed_in_person_gets_the_page_too_while_the_database_is_away(sign_in, ann):
    answer = database_away(sign_in(ann))
    assert answer.status_code == 503
    assert Page(answer.text).one("h1").text


def test_unknown_address_is_503_while_the_database_is_away(troubled_client):
    database_away(troubled_client)
    assert troubled_client.get("/nothing").status_code == 503


def test_locked_database_is_503_and_keeps_the_site_readable(client, post, app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one lock for all writers")

    def be_impatient(connection, record):
        connection.execute("PRAGMA busy_timeout = 50")

    event.listen(db.engine, "connect", be_impatient)
    db.session.remove()
    db.engine.dispose()
    other = sqlite3.connect(db.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert fill_in(client, "/contact", **LETTER).status_code == 503
        assert client.get("/").status_code == 200
    finally:
        other.rollback()
        other.close()
    assert fill_in(client, "/contact", **LETTER).status_code == 303


@on_sqlite
@pytest.mark.parametrize("path", ["/contact", "/submit"])
def test_who_writes_to_a_locked_database_waits_once(client, path):
    sent = fields_of(client.get(path).text, path) | LETTER | {"title": "A title", "body": "A text."}
    waits = []

    def wait(_connection, _cursor, statement, *_):
        if statement == "BEGIN IMMEDIATE":
            waits.append(statement)
            raise sqlite3.OperationalError("database is locked")

    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", wait)
    try:
        answer = client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        refused = client.post(path, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    finally:
        event.remove(db.engine, "before_cursor_execute", wait)
    assert (answer.status_code, len(waits)) == (503, 1), "for the answer, and for the refusal not at all"
    assert refused.status_code == 400
    assert Page(refused.text).one("main")


def test_address_with_a_null_character_is_garbled(client):
    assert client.get("/user/ann%00").status_code == 400


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("image/webp", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
    ],
)
def test_kind_of_the_answer_follows_what_was_asked_for(client, accept, mimetype):
    assert client.get("/nothing", headers={"Accept": accept}).mimetype == mimetype


@pytest.fixture
def troubled_client(limited_client, monkeypatch):
    """A visitor of a site with a broken page, a limited one, and one without a row in the table of access."""
    app = limited_client.application

    def fail():
        raise RuntimeError("the secret cause")

    app.add_url_rule("/for-tests/broken", "broken", fail)
    app.add_url_rule("/for-tests/limited", "limited", limiter.limit("1 per hour")(lambda: "fine"))
    app.add_url_rule("/for-tests/without-a-row", "unknown", lambda: "hello")
    monkeypatch.setitem(ACCESS, "broken", ANYONE)
    monkeypatch.setitem(ACCESS, "limited", ANYONE)
    return limited_client


def test_a_program_is_told_in_json_that_the_site_is_being_set_up(empty_app):
    with empty_app.app_context():
        answer = empty_app.test_client().get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json["status"] == 503


def test_a_program_that_must_sign_in_gets_401(client):
    answer = client.get("/desk", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["status"]) == (401, 401)
