"""Becoming a member by invitation."""

from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.models import Invitation, Role, User

GOOD = {"name": "Cleo Critic", "username": "cleo", "password": "a long enough secret", "timezone": "UTC"}


@pytest.fixture
def link(ada):
    token = tokens.new_token()
    Invitation.create(
        email="Cleo@example.com",
        role=Role.EDITOR,
        by=ada,
        token=token,
        url=f"http://localhost/invitation/{token}",
    )
    db.session.commit()
    return f"/invitation/{token}"


def test_is_mailed(link, app):
    (path,) = app.extensions["broadsheet_outbox"].waiting()
    text = path.read_text()
    assert "To: cleo@example.com" in text
    assert link in text
    assert "Ada Admin" in text


def test_creates_the_account_and_signs_in(client, link):
    page = client.get(link)
    assert page.status_code == 200
    assert 'value="cleo"' in page.text, "a free username is proposed"
    assert client.submit(link, GOOD).status_code == 303
    cleo = db.session.scalars(User.known_as("cleo")).one()
    assert (cleo.email, cleo.role, cleo.name) == ("cleo@example.com", Role.EDITOR, "Cleo Critic")
    assert client.get("/account").status_code == 200


def test_greets_by_a_name_that_is_no_html(client, link):
    answer = client.submit(link, GOOD | {"name": "Cleo <b>Critic</b>"})
    assert "Welcome, Cleo &lt;b&gt;Critic&lt;/b&gt;!" in client.get(answer.location).text


def test_nobody_chooses_a_role_or_an_address(client, link):
    client.submit(link, {**GOOD, "role": "admin", "email": "evil@example.com"})
    cleo = db.session.scalars(User.known_as("cleo")).one()
    assert (cleo.email, cleo.role) == ("cleo@example.com", Role.EDITOR)


def test_works_once(client, app, link):
    client.submit(link, GOOD)
    other = app.test_client()
    answer = other.get(link)
    assert answer.status_code == 410
    assert "ask whoever invited you" in answer.text
    assert other.submit(link, {**GOOD, "username": "second"}).status_code == 410


def test_ends_after_two_weeks(client, link):
    with time_machine.travel(clock.now() + timedelta(days=15)):
        assert client.get(link).status_code == 410


def test_an_unknown_token_is_over_as_well(client):
    assert client.get("/invitation/nonsense").status_code == 410


def test_whoever_has_an_account_is_sent_to_sign_in(client, link):
    User.create(name="Cleo", username="c", email="cleo@example.com", password="a long enough secret")
    answer = client.get(link)
    assert answer.status_code == 410
    assert "You have an account already" in answer.text


def test_says_what_is_wrong_and_keeps_what_was_typed(client, link, ann):
    answer = client.submit(link, {**GOOD, "username": "ann", "password": "Cleo Critic"})
    assert answer.status_code == 422
    assert "Somebody has this username already" in answer.text
    assert "Too easy to guess" in answer.text
    assert 'value="Cleo Critic"' in answer.text


@pytest.mark.parametrize("username", ["-cleo", "clé", "a b", "x" * 41, "cleo@home"])
def test_refuses_an_odd_username(client, link, username):
    assert client.submit(link, {**GOOD, "username": username}).status_code == 422


@pytest.fixture
def byline(app):
    byline = User.create(name="Imported Author")
    db.session.commit()
    return byline


@pytest.fixture
def byline_link(ada, byline):
    token = tokens.new_token()
    Invitation.create(
        email="author@example.com",
        role=Role.AUTHOR,
        by=ada,
        token=token,
        url=f"http://localhost/invitation/{token}",
        byline=byline,
    )
    db.session.commit()
    return f"/invitation/{token}"


def test_byline_gets_an_account_and_keeps_its_page(client, byline, byline_link):
    page = client.get(byline_link).text
    assert 'value="Imported Author"' in page
    assert "You sign in as imported-author" in page
    assert client.submit(byline_link, {**GOOD, "username": "another"}).status_code == 303
    assert (byline.username, byline.email, byline.role) == (
        "imported-author",
        "author@example.com",
        Role.AUTHOR,
    )
    assert byline.name == "Cleo Critic"
    assert client.get("/account").status_code == 200


def test_guessable_password_of_a_byline_is_refused(client, byline, byline_link):
    assert client.submit(byline_link, {**GOOD, "password": "imported-author"}).status_code == 422
    assert byline.is_byline


def test_byline_that_got_an_account_meanwhile_is_left_alone(client, byline, byline_link):
    byline.set_password("another long password")
    assert client.get(byline_link).status_code == 410
    assert client.submit(byline_link, GOOD).status_code == 410
    assert byline.check_password("another long password")
