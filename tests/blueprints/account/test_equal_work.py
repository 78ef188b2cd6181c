"""Whether somebody is here shows neither in the answer nor in the work that it takes.

Work is counted, not timed: how often Argon2 was asked, which is what takes long, and what the database was.
"""

import re
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from broadsheet.blueprints.account import password
from broadsheet.extensions import db
from broadsheet.lib import passwords
from broadsheet.models import Role, User
from stage import PASSWORD, person


@pytest.fixture
def argon2(monkeypatch):
    """What Argon2 is asked for, as a list that grows."""
    asked = []
    hasher = passwords._hasher

    class Counting:
        def __getattr__(self, name):
            if name in ("hash", "verify"):
                asked.append(name)
            return getattr(hasher, name)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    return asked


@pytest.fixture
def statements(app):
    """What the database is asked for by this thread, without the values."""
    sent, here = [], threading.get_ident()

    def see(_connection, _cursor, statement, *_more):
        if threading.get_ident() == here:
            sent.append(re.sub(r"\s+", " ", statement))

    event.listen(db.engine, "before_cursor_execute", see)
    yield sent
    event.remove(db.engine, "before_cursor_execute", see)


@pytest.fixture
def everybody(ann, ben):
    """Names to try: of somebody, of a byline, of one who is suspended, of nobody."""
    User.create(name="Only A Byline", username="byline")
    ben.suspend()
    return ("ann", "ann@example.com", "byline", "ben", "nobody", "nobody@example.com")


def test_signing_in_asks_argon2_once_for_everybody(client, everybody, argon2):
    answers = set()
    for name in everybody:
        argon2.clear()
        answer = client.submit("/login", {"username": name, "password": "not the password"})
        assert argon2 == ["verify"], name
        answers.add((answer.status_code, "The name or the password is not right." in answer.text))
    assert answers == {(422, True)}


def test_a_right_password_of_the_suspended_looks_like_a_wrong_one(client, everybody, argon2):
    answer = client.submit("/login", {"username": "ben", "password": PASSWORD})
    assert argon2 == ["verify"]
    assert "The name or the password is not right." in answer.text


def test_a_forgotten_password_asks_argon2_for_nobody_and_lasts_as_long(
    client, everybody, argon2, monkeypatch
):
    lasted = []

    @contextmanager
    def lasting(seconds):
        yield lasted.append(seconds)

    monkeypatch.setattr(password, "lasting", lasting)
    answers = {client.submit("/password/forgot", {"email": name}).location for name in everybody}
    assert answers == {"/password/forgot?sent=1"}
    assert argon2 == []
    assert lasted == [password.ANSWER_SECONDS] * len(everybody)


def test_an_invitation_that_is_none_costs_no_hash(client, argon2):
    sent = {"name": "Eve", "username": "ann", "password": "staple stable table", "timezone": "UTC"}
    assert client.submit("/invitation/nonsense", sent).status_code == 410
    assert argon2 == []


def test_another_address_costs_the_same_whether_somebody_has_it(sign_in, ann, ben, argon2, statements):
    work = []
    for address in ("first@example.com", "ben@example.com", "nobody@example.com"):
        client = sign_in(ann)
        statements.clear()
        answer = client.submit("/account/email", {"email": address})
        page = client.get("/account/email").text.replace(address, "")
        work.append((answer.status_code, answer.location, tidied(page), list(statements)))
    assert work[1] == work[2], "the first also asks for what is kept in the process"
    assert argon2 == []


def tidied(page):
    """Without what differs between any two pages."""
    page = re.sub(r'name="csrf_token"[^>]*', "", page)
    return re.sub(r"<time.*?</time>|\d\d:\d\d(:\d\d)?", "", page)


def test_the_address_of_an_account_in_full_costs_no_less(make_app, argon2):
    """With limits on: counting is done before anybody is looked up."""
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        argon2.clear()
        client = app.test_client()
        for name in ("ada", "nobody"):
            answers = [
                client.submit(
                    "/login",
                    {"username": name, "password": "wrong"},
                    environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
                ).status_code
                for number in range(11)
            ]
            assert answers == [422] * 10 + [429], name
        assert argon2 == ["verify"] * 20
