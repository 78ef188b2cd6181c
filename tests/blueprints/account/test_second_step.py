"""The second step of signing in: a code of the app or a recovery code, and how often they may be tried."""

import re
from datetime import timedelta

import pytest

from app_codes import CODES, STEP, actions, code_of, password_step, set_up
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import AuthenticatorApp, RecoveryCode, Role, User, UserSession
from broadsheet.web import attempts, limits, second_factors
from markup import Page
from stage import PASSWORD, person

pytestmark = pytest.mark.usefixtures("standing_still")  # a code is right for half a minute


# -- signing in


def test_asks_for_a_code_after_the_password(client, ann, with_app):
    answer = password_step(client, query_string={"next": "/account/password"})
    assert answer.location == STEP
    assert client.get("/account").status_code == 303, "the password alone opens nothing"
    assert client.get("/login/session").json["user"] is None
    answer = client.submit(STEP, {"code": code_of(with_app[0])})
    assert answer.location == "/account/password"
    assert client.get("/account").status_code == 200
    assert db.session.scalars(UserSession.of(ann)).first().second_factor


def test_takes_a_code_once(client, app, ann, with_app):
    code = code_of(with_app[0])
    password_step(client)
    assert client.submit(STEP, {"code": code}).status_code == 303
    other = app.test_client()
    password_step(other)
    answer = other.submit(STEP, {"code": code})
    assert answer.status_code == 422
    assert "was used before" in answer.text
    assert "second_factor_failed" in actions(ann)


def test_takes_no_code_from_before_the_last(client, app, ann, with_app, standing_still):
    early = code_of(with_app[0])
    standing_still.shift(30)
    password_step(client)
    client.submit(STEP, {"code": code_of(with_app[0])})
    other = app.test_client()
    password_step(other)
    assert other.submit(STEP, {"code": early}).status_code == 422


def test_a_clock_that_was_ahead_keeps_nobody_out(client, with_app, standing_still):
    now = clock.now()
    standing_still.move_to(now + timedelta(days=365))
    password_step(client)
    client.submit(STEP, {"code": code_of(with_app[0])})
    standing_still.move_to(now)
    other = client.application.test_client()
    password_step(other)
    assert other.submit(STEP, {"code": code_of(with_app[0])}).status_code == 303


def test_the_second_step_takes_a_first(client, ann, with_app):
    assert client.get(STEP).location == "/login"
    assert client.submit(STEP, {"code": code_of(with_app[0])}).location == "/login"
    assert client.get("/account").status_code == 303


def test_the_first_step_is_forgotten_after_ten_minutes(client, with_app, standing_still):
    password_step(client)
    standing_still.shift(601)
    assert client.get(STEP).location == "/login"


def test_a_new_password_voids_the_first_step(client, ann, with_app):
    password_step(client)
    ann.set_password("another long password")
    assert client.submit(STEP, {"code": code_of(with_app[0])}).location == "/login"


def test_a_reset_link_does_not_pass_the_second_step_by(client, app, ann, with_app, monkeypatch):
    client.submit("/password/forgot", {"email": "ann"})
    mails = sorted(app.extensions["broadsheet_outbox"].folder.glob("*.eml"))
    found = [re.search(r"http://localhost(/password/reset/\S+)", mail.read_text()) for mail in mails]
    link = next(one[1] for one in found if one)
    assert client.submit(link, {"new_password": "staple stable table"}).location == STEP
    assert client.get("/account").status_code == 303
    assert client.submit(STEP, {"code": code_of(with_app[0])}).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_page_is_told_in_json_that_more_is_needed(client, ann, with_app):
    token = client.get("/login/session").json["csrf_token"]
    sent = {"csrf_token": token, "username": "ann", "password": PASSWORD}
    answer = client.post("/login", data=sent, headers={"Accept": "application/json"})
    assert answer.json == {"user": None, "second_step": {"app": True, "passkey": False}}
    assert client.get("/login/session").json["user"] is None


JSON = {"Accept": "application/json"}


def test_the_second_step_of_a_page_that_stays_is_answered_in_json(client, ann, with_app, standing_still):
    password_step(client)
    wrong = client.submit(STEP, {"code": "000000"}, headers=JSON)
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.json["errors"]["form"][0]
    right = client.submit(STEP, {"code": code_of(with_app[0])}, headers=JSON)
    assert right.json == {"user": ann.id}
    assert client.get("/account").status_code == 200


def test_a_page_that_waited_too_long_is_told_to_ask_for_the_password(client, with_app, standing_still):
    password_step(client)
    standing_still.shift(601)
    answer = client.submit(STEP, {"code": code_of(with_app[0])}, headers=JSON)
    assert answer.status_code == 401
    assert "Give it once more" in answer.json["errors"]["form"][0]


@pytest.mark.parametrize("name", ["code", "recovery_code"])
def test_a_wrong_code_is_said_at_its_field_which_is_empty_again(client, with_app, name):
    password_step(client)
    page = Page(client.submit(STEP, {name: "000000"}).text)
    field = next(one for one in page.all("input") if one.get("name") == name)
    assert field["aria-invalid"] == "true"
    assert f"{name}-error" in field["aria-describedby"]
    assert not field.get("value")
    assert [one["href"] for one in page.all("a") if one.get("href") == f"#{name}"]
    assert ("open" in page.one("details").attributes) == (name == "recovery_code")


# -- recovery codes


def test_a_recovery_code_works_once_and_is_counted(client, app, ann, with_app):
    code = with_app[1][3]
    password_step(client)
    answer = client.submit(STEP, {"recovery_code": code.upper().replace("-", " ")})
    assert answer.status_code == 303
    assert "9 codes are left" in client.get("/account/second-factors").text
    other = app.test_client()
    password_step(other)
    assert other.submit(STEP, {"recovery_code": code}).status_code == 422


def test_new_recovery_codes_void_the_old(client, sign_in, ann, with_app):
    fresh = CODES.findall(sign_in(ann).submit("/account/recovery-codes").text)
    password_step(client)
    assert client.submit(STEP, {"recovery_code": with_app[1][0]}).status_code == 422
    assert client.submit(STEP, {"recovery_code": fresh[0]}).status_code == 303


def test_there_are_none_without_a_factor(sign_in, ann):
    assert sign_in(ann).submit("/account/recovery-codes").location == "/account/second-factors"
    assert not db.session.scalars(db.select(RecoveryCode)).all()


# -- too many tries


@pytest.fixture
def limited(make_app):
    """A site with its limits on, and its admin's app."""
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        ada = person("Ada Admin", Role.ADMIN)
        second_factors.offer_app(ada)
        offered = db.session.scalars(AuthenticatorApp.offered_to(ada)).one()
        assert second_factors.confirm_app(ada, offered, code_of(offered))
        db.session.commit()
        yield app


def wrong_codes(client, many, network="203.0.113"):
    return [
        client.submit(
            STEP,
            {"code": f"{number:06}"},
            environ_base={"REMOTE_ADDR": f"{network}.{number % 250}"},
        ).status_code
        for number in range(many)
    ]


def test_codes_are_tried_a_few_times_only(limited, standing_still):
    standing_still.shift(60)
    thief = limited.test_client()
    password_step(thief, "ada")
    assert wrong_codes(thief, 11) == [422] * 10 + [429]
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    assert thief.submit(STEP, {"code": code_of(app)}).status_code == 429, "the right one neither"
    mails = [path.read_text() for path in limited.extensions["broadsheet_outbox"].folder.glob("*.eml")]
    assert sum("too many wrong codes" in mail for mail in mails) == 1, "the owner is told, once"


def guessed_before(app, user, many, limit):
    """As if so many wrong codes had been tried."""
    with app.test_request_context():
        key = dict(attempts.keys_of_wrong_codes(user))[limit]
        for _ in range(many):
            limits.count(limit, *key)


def test_guessing_all_day_comes_to_fifty(limited, standing_still):
    standing_still.shift(60)
    ada = db.session.scalars(User.known_as("ada")).one()
    thief = limited.test_client()
    guessed_before(limited, ada, 47, attempts.WRONG_CODES[0])
    password_step(thief, "ada")
    assert wrong_codes(thief, 4) == [422] * 3 + [429]
    standing_still.shift(timedelta(hours=1))
    password_step(thief, "ada")
    assert wrong_codes(thief, 1) == [429]
    standing_still.shift(timedelta(days=1))
    password_step(thief, "ada")
    assert wrong_codes(thief, 1) == [422]


def test_a_hundred_wrong_codes_are_the_end_until_there_is_a_new_password(limited, standing_still):
    standing_still.shift(60)
    ada = db.session.scalars(User.known_as("ada")).one()
    guessed_before(limited, ada, 99, attempts.WRONG_CODES[1])
    thief = limited.test_client()
    password_step(thief, "ada")
    assert wrong_codes(thief, 2) == [422, 429]
    standing_still.shift(timedelta(days=3))
    password_step(thief, "ada")
    answer = thief.submit(STEP, {"code": "000000"})
    assert answer.status_code == 429
    assert "set a new password by mail" in answer.text
    ada.set_password("staple stable table")
    db.session.commit()
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    owner = limited.test_client()
    owner.submit("/login", {"username": "ada", "password": "staple stable table"})
    assert owner.submit(STEP, {"code": code_of(app)}).status_code == 303


def test_a_new_password_opens_the_day_again_but_not_without_end(limited, standing_still):
    """Whoever knew the former guesses no more; whoever reads the owner's mail sets as many as they like."""
    standing_still.shift(60)
    ada = db.session.scalars(User.known_as("ada")).one()
    app = db.session.scalars(db.select(AuthenticatorApp)).one()

    def try_the_right_code():
        standing_still.shift(30)
        owner = limited.test_client()
        password_step(owner, "ada")
        return owner.submit(STEP, {"code": code_of(app)}).status_code

    guessed_before(limited, ada, 50, attempts.WRONG_CODES[0])
    assert try_the_right_code() == 429
    ada.set_password(PASSWORD)
    db.session.commit()
    assert try_the_right_code() == 303
    guessed_before(limited, ada, 100, attempts.WRONG_CODES[2])
    ada.set_password(PASSWORD)
    db.session.commit()
    assert try_the_right_code() == 429


def test_the_browser_that_set_the_app_up_is_the_owner_s(make_app, standing_still):
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        ada = person("Ada Admin", Role.ADMIN)
        db.session.commit()
        own = app.test_client()
        password_step(own, "ada")
        authenticator, _ = set_up(own, ada)
        own.submit("/logout")
        guessed_before(app, ada, 50, attempts.WRONG_CODES[0])
        for browser, status in ((app.test_client(), 429), (own, 303)):
            standing_still.shift(30)
            password_step(browser, "ada")
            assert browser.submit(STEP, {"code": code_of(authenticator)}).status_code == status


def test_browsers_known_by_the_password_alone_give_no_more_tries(make_app, standing_still):
    """Whoever stole a password before there was a second factor has as many known browsers as they like."""
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        ada = person("Ada Admin", Role.ADMIN)
        db.session.commit()
        thieves = [app.test_client() for _ in range(3)]
        for thief in thieves:
            password_step(thief, "ada")
            thief.submit("/logout")
        second_factors.offer_app(ada)
        offered = db.session.scalars(AuthenticatorApp.offered_to(ada)).one()
        assert second_factors.confirm_app(ada, offered, code_of(offered))
        db.session.commit()
        standing_still.shift(30)
        owner = app.test_client()
        password_step(owner, "ada")
        assert owner.submit(STEP, {"code": code_of(offered)}).status_code == 303
        owner.submit("/logout")
        for thief in thieves:
            password_step(thief, "ada")
        assert wrong_codes(thieves[0], 10) == [422] * 10
        assert [wrong_codes(thief, 1) for thief in thieves[1:]] == [[429], [429]]
        standing_still.shift(30)
        password_step(owner, "ada")
        assert owner.submit(STEP, {"code": code_of(offered)}).status_code == 303, "and keep nobody out"


def test_known_browsers_together_have_one_s_tries(limited, standing_still):
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    browsers = [limited.test_client() for _ in range(2)]
    for browser in browsers:
        standing_still.shift(30)
        password_step(browser, "ada")
        assert browser.submit(STEP, {"code": code_of(app)}).status_code == 303
        browser.submit("/logout")
        password_step(browser, "ada")
    assert wrong_codes(browsers[0], 10) == [422] * 10
    assert wrong_codes(browsers[1], 1) == [429]


def test_whoever_knows_the_password_cannot_keep_the_owner_out(limited, standing_still):
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    standing_still.shift(60)
    own, thief = limited.test_client(), limited.test_client()
    password_step(own, "ada")
    assert own.submit(STEP, {"code": code_of(app)}).status_code == 303
    own.submit("/logout")
    password_step(thief, "ada")
    assert wrong_codes(thief, 12)[-1] == 429
    standing_still.shift(30)
    password_step(own, "ada")
    assert own.submit(STEP, {"code": code_of(app)}).status_code == 303


def test_the_command_line_unlocks(limited, standing_still):
    standing_still.shift(60)
    client = limited.test_client()
    password_step(client, "ada")
    assert wrong_codes(client, 11)[-1] == 429
    for number in range(11):
        client.submit("/login", {"username": "ada@example.com", "password": f"wrong {number}"})
    runner = limited.test_cli_runner()
    assert runner.invoke(args=["user", "unlock", "ada"]).output == "Ada Admin (ada) can try again at once.\n"
    other = limited.test_client()
    asked = {"username": "ada@example.com", "password": PASSWORD}
    answer = other.submit("/login", asked, environ_base={"REMOTE_ADDR": "198.51.100.9"})
    assert answer.location == STEP
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    assert other.submit(STEP, {"code": code_of(app)}).status_code == 303


def test_a_recovery_code_opens_when_the_tries_are_used_up(limited, standing_still):
    ada = db.session.scalars(User.known_as("ada")).one()
    code = ada.make_recovery_codes()[0]
    db.session.commit()
    standing_still.shift(60)
    client = limited.test_client()
    password_step(client, "ada")
    wrong_codes(client, 11)
    assert client.submit(STEP, {"recovery_code": code}).status_code == 303
