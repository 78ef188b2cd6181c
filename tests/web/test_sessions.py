"""The session of a signed-in browser: what its cookie is worth, and what a visitor's answers are spared."""

from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import UserSession
from stage import PASSWORD


def cookie_of(answer, name="broadsheet"):
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")), None)


@pytest.fixture
def signed_in(client, ann):
    """Ann's browser, and the answer that signed her in."""
    return client, client.submit("/login", {"username": "ann", "password": PASSWORD})


def test_the_cookie_is_for_http_and_this_site_alone(signed_in):
    cookie = cookie_of(signed_in[1])
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Expires" in cookie


def test_the_cookie_is_secure_on_https(app, ann):
    client = app.test_client()
    client.get("/login", base_url="https://localhost")
    with client.session_transaction(base_url="https://localhost") as session:
        session["csrf_token"] = "raw"
    form = client.get("/login", base_url="https://localhost").text
    token = form.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = client.post(
        "/login",
        data={"csrf_token": token, "username": "ann", "password": PASSWORD},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/login"},
    )
    assert answer.status_code == 303
    cookie = cookie_of(answer, "__Host-broadsheet")
    assert "Secure" in cookie
    assert "Path=/;" in cookie + ";"
    assert "Domain" not in cookie
    assert "Secure" in cookie_of(answer, "__Secure-broadsheet_known")
    assert client.get("/account", base_url="https://localhost").status_code == 200


def test_a_session_ends_after_ninety_days_however_often_it_is_used(sign_in, ann):
    client, begun = sign_in(ann), clock.now()
    for days in (20, 40, 60, 80, 89):
        with time_machine.travel(begun + timedelta(days=days)):
            assert client.get("/account").status_code == 200, days
    with time_machine.travel(begun + timedelta(days=91)):
        assert client.get("/account").status_code == 303
        UserSession.forget_expired()
        assert not db.session.scalars(db.select(UserSession)).all()


def test_saying_who_it_is_once_more_gives_the_session_another_token(app, sign_in, ann):
    client = sign_in(ann)
    thief = app.test_client()
    thief.set_cookie("broadsheet", client.get_cookie("broadsheet").value)
    assert thief.get("/account").status_code == 200
    assert client.submit("/account/confirmation", {"password": PASSWORD}).status_code == 303
    assert client.get("/account/second-factors").status_code == 200
    assert thief.get("/account").status_code == 303
    assert len(db.session.scalars(UserSession.of(ann)).all()) == 1


def test_the_cookie_that_knows_a_browser_goes_to_sign_in_alone(signed_in):
    cookie = cookie_of(signed_in[1], "broadsheet_known")
    assert "Path=/login" in cookie
    assert "HttpOnly" in cookie


def test_signing_in_drops_what_was_there_before(client, ann):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    before = client.get_cookie("broadsheet").value
    client.submit("/login", {"username": "ann", "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
    thief = client.application.test_client()
    thief.set_cookie("broadsheet", before)
    assert thief.get("/account").status_code == 303


def test_only_a_digest_of_the_token_is_stored(signed_in, ann):
    client, _ = signed_in
    with client.session_transaction() as session:
        token = session["_user_id"]
    row = db.session.scalars(UserSession.of(ann)).one()
    assert token not in (row.token_hash, str(row.id))
    assert len(token) >= 43


def test_a_suspension_ends_it_at_once(sign_in, ann):
    client = sign_in(ann)
    ann.suspend()
    assert client.get("/account").status_code == 303
    ann.reinstate()
    assert client.get("/account").status_code == 303, "and it does not come back"


def test_it_ends_after_a_month_unseen(sign_in, ann):
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert client.get("/account").status_code == 303


def test_use_prolongs_it(sign_in, ann):
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(days=20)) as traveller:
        answer = client.get("/account")
        assert answer.status_code == 200
        assert cookie_of(answer), "the cookie lives on as well"
        traveller.shift(timedelta(days=20))
        assert client.get("/account").status_code == 200


def test_it_is_not_written_at_every_page(sign_in, ann, queries):
    client = sign_in(ann)
    with queries() as statements:
        client.get("/account/password")
    assert not [one for one in statements if one.startswith("UPDATE")]


def test_a_form_after_a_pause_does_not_wait_for_itself(sign_in, ann):
    """Such a request holds the write lock already when it finds the session due to be seen."""
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        answer = client.submit("/account", {"name": "Ann Again", "timezone": "UTC"})
    assert answer.status_code == 303
    assert ann.name == "Ann Again"


def test_expired_rows_are_swept_out_at_the_next_sign_in(client, ann, ben):
    UserSession.start(ben, address="", user_agent="")
    with time_machine.travel(clock.now() + timedelta(days=31)):
        client.submit("/login", {"username": "ann", "password": PASSWORD})
    assert [row.user_id for row in db.session.scalars(db.select(UserSession))] == [ann.id]


def test_signing_in_again_ends_the_session_before(signed_in, ann, client):
    with client.session_transaction() as session:
        session["csrf_token"] = "raw"
    client.submit("/logout")
    client.submit("/login", {"username": "ann", "password": PASSWORD})
    assert len(db.session.scalars(UserSession.of(ann)).all()) == 1


# -- what caches may keep


@pytest.mark.parametrize("path", ["/", "/archive", "/user/ann", "/tag/notes"])
def test_a_visitors_page_carries_no_cookie(client, post, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.cache_control.public


def test_the_page_of_somebody_signed_in_is_private(sign_in, ann, post):
    answer = sign_in(ann).get("/")
    assert answer.cache_control.private
    assert not answer.cache_control.public
    assert "ETag" not in answer.headers


def test_a_page_with_a_flash_is_private(sign_in, ann, post):
    client = sign_in(ann)
    client.submit("/logout")
    answer = client.get("/")
    assert "You are signed out" in answer.text
    assert answer.cache_control.private
    assert not answer.cache_control.public
    answer = client.get("/")
    assert "You are signed out" not in answer.text
    assert answer.cache_control.public


def test_forms_of_an_account_are_private(client):
    assert client.get("/login").cache_control.private
    assert client.get("/login").headers["X-Robots-Tag"] == "noindex"
