"""Changing a password, and setting a forgotten one anew."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from broadsheet.blueprints.account import password as view
from broadsheet.extensions import db
from broadsheet.lib import clock, passwords
from broadsheet.models import Event, User
from stage import PASSWORD

NEW = "staple stable table"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(view, "ANSWER_SECONDS", 0.0)


@pytest.fixture
def outbox(app):
    return lambda: sorted(app.extensions["broadsheet_outbox"].folder.glob("*.eml"))


@pytest.fixture
def link(client, ann, outbox):
    """The path of a link that was mailed to Ann."""
    client.submit("/password/forgot", {"email": "ann"})
    return re.search(r"http://localhost(/password/reset/\S+)", outbox()[-1].read_text())[1]


# -- forgotten


def test_mails_a_link(client, ann, outbox, caplog):
    answer = client.submit("/password/forgot", {"email": "ANN@example.com"})
    assert (answer.status_code, answer.location) == (303, "/password/forgot?sent=1")
    mail = outbox()[0].read_text()
    assert "To: Ann Author <ann@example.com>" in mail
    assert "http://localhost/password/reset/" in mail
    assert f"Mail is not set up; the message was written to instance/outbox/{outbox()[0].name}" in caplog.text


def test_gives_the_same_answer_for_whom_there_is_no_mail(client, ann, ben, outbox):
    ben.suspend()
    User.create(name="Only Byline", username="byline", email="byline@example.com")
    db.session.commit()
    for name in ("nobody@example.com", "ben", "byline"):
        answer = client.submit("/password/forgot", {"email": name})
        assert (answer.status_code, answer.location) == (303, "/password/forgot?sent=1")
    assert outbox() == []
    assert "If somebody here has that address" in client.get("/password/forgot?sent=1").text


def test_does_as_much_for_whom_there_is_no_mail(client, ben, queries, monkeypatch):
    ben.suspend()
    User.create(name="Only Byline", username="byline", email="byline@example.com")
    db.session.commit()
    client.submit("/password/forgot", {"email": "somebody"})  # the first request of all looks for an admin
    hashes = []
    monkeypatch.setattr(passwords, "matches", lambda *given: hashes.append(given))
    asked = []
    for name in ("nobody", "ben", "byline"):
        with queries() as statements:
            client.submit("/password/forgot", {"email": name})
        asked.append([statement.split(" WHERE ")[0] for statement in statements])
    assert asked[0] == asked[1] == asked[2]
    assert hashes == []


def test_takes_as_long_for_everybody(client, ann, monkeypatch):
    waited = []
    times = {"ann": (100.0, 100.75), "nobody": (200.0, 200.25)}  # when it began, and when it was done
    monkeypatch.setattr(view, "ANSWER_SECONDS", 1.0)
    for name, moments in times.items():
        tells = iter(moments)
        clock = SimpleNamespace(monotonic=tells.__next__, sleep=waited.append)
        monkeypatch.setattr(view, "time", clock)
        client.submit("/password/forgot", {"email": name})
    assert waited == [0.25, 0.75]


def test_asks_for_a_name(client):
    answer = client.submit("/password/forgot", {"email": ""})
    assert answer.status_code == 422
    assert "Please fill this in" in answer.text


def test_the_link_is_in_no_log(client, ann, link, caplog):
    token = link.rpartition("/")[2]
    assert token not in caplog.text
    assert token not in "".join(str(event.details) for event in db.session.scalars(db.select(Event)))


def test_a_person_gets_few_mails_an_hour(limited_client):
    for _ in range(6):
        assert limited_client.submit("/password/forgot", {"email": "ada"}).status_code == 303
    assert len(limited_client.application.extensions["broadsheet_outbox"].waiting()) == 3


def test_the_link_never_leads_to_a_host_that_a_stranger_names(client, ada, ann, outbox, app):
    client.submit("/login", {"username": "ada", "password": PASSWORD})  # at http://localhost
    stranger = app.test_client()
    form = stranger.get("/password/forgot", base_url="http://evil.example").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)[1]
    data = {"csrf_token": token, "email": "ann"}
    stranger.post("/password/forgot", data=data, base_url="http://evil.example")
    assert "http://localhost/password/reset/" in outbox()[-1].read_text()
    assert "evil.example" not in outbox()[-1].read_text()


def test_nor_does_it_before_any_admin_has_signed_in(client, ada, outbox):
    form = client.get("/password/forgot", base_url="http://evil.example").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)[1]
    data = {"csrf_token": token, "email": "ada"}
    client.post("/password/forgot", data=data, base_url="http://evil.example")
    assert "http://127.0.0.1:8000/password/reset/" in outbox()[-1].read_text()


# -- reset


def test_sets_a_new_password_and_ends_every_session(client, sign_in, ann, link):
    other = sign_in(ann)
    assert client.get(link).status_code == 200
    assert client.submit(link, {"new_password": NEW}).status_code == 303
    assert client.get("/account").status_code == 200, "is signed in"
    assert other.get("/account").status_code == 303
    assert ann.check_password(NEW)


def test_the_link_works_once(client, app, link):
    client.submit(link, {"new_password": NEW})
    other = app.test_client()
    assert other.get(link).status_code == 410
    answer = other.submit(link, {"new_password": "another good one"})
    assert answer.status_code == 410
    assert "/password/forgot" in answer.text, "says what to do"


def test_the_link_ends_after_an_hour(client, link):
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert client.get(link).status_code == 410


def test_the_link_is_void_for_the_suspended(client, ann, link):
    ann.suspend()
    assert client.get(link).status_code == 410


def test_a_forged_link_does_nothing(client, link):
    assert client.get(link[:-3] + "AAA").status_code == 410
    assert client.get("/password/reset/x").status_code == 410


def test_what_a_link_shows_is_kept_nowhere(client, link):
    assert client.get(link).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "Too short"),
        ("Ann Author", "Too easy"),
        ("Password123", "Take a few words"),
        ("", "Please fill"),
    ],
)
def test_refuses_a_bad_new_password(client, link, password, words):
    answer = client.submit(link, {"new_password": password})
    assert answer.status_code == 422
    assert words in answer.text


# -- change


def test_changes_the_password_and_stays_signed_in(sign_in, ann):
    client, other = sign_in(ann), sign_in(ann)
    stolen = client.get_cookie("broadsheet").value
    assert client.submit("/account/password", {"password": PASSWORD, "new_password": NEW}).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    thief = client.application.test_client()
    thief.set_cookie("broadsheet", stolen)
    assert thief.get("/account").status_code == 303
    assert ann.check_password(NEW)


def test_needs_the_current_password(sign_in, ann):
    answer = sign_in(ann).submit("/account/password", {"password": "not that one", "new_password": NEW})
    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert ann.check_password(PASSWORD)


def test_changing_requires_sign_in(client):
    assert client.get("/account/password").location == "/login?next=/account/password"
    assert client.submit("/account/password", {"password": PASSWORD, "new_password": NEW}).status_code == 401
