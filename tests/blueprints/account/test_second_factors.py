"""The authenticator app and recovery codes: set up, asked for, used up, taken away."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import AuthenticatorApp, Event, RecoveryCode, Role, Site, User, UserSession
from broadsheet.web import attempts, limits, second_factors
from stage import PASSWORD, person

CODES = re.compile(r"<li><code>([0-9a-z-]{19})</code>")


@pytest.fixture(autouse=True)
def standing_still():
    """A code is right for half a minute; a test takes as long as it takes."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def code_of(app):
    return pyotp.TOTP(second_factors.secret_of(app)).at(clock.now())


def set_up(client, person):
    """Sets an app up as a person does; it, and the recovery codes that were shown."""
    assert client.submit("/account/authenticator-app/new").location == "/account/authenticator-app"
    app = db.session.scalars(AuthenticatorApp.offered_to(person)).one()
    page = client.submit("/account/authenticator-app", {"code": code_of(app)})
    assert page.status_code == 200, page.text
    return app, CODES.findall(page.text)


@pytest.fixture
def with_app(sign_in, ann, standing_still):
    """Ann's app, and her recovery codes; the code of its set-up is over."""
    app, codes = set_up(sign_in(ann), ann)
    standing_still.shift(60)
    return app, codes


def password_step(client, username="ann", **kwargs):
    return client.submit("/login", {"username": username, "password": PASSWORD}, **kwargs)


def actions(person):
    return db.session.scalars(
        db.select(Event.action).where(Event.subject_id == person.id).order_by(Event.id)
    ).all()


# -- setting up


def test_shows_the_key_as_picture_and_text(sign_in, ann):
    client = sign_in(ann)
    client.submit("/account/authenticator-app/new")
    text = client.get("/account/authenticator-app").text
    secret = second_factors.secret_of(db.session.scalars(AuthenticatorApp.offered_to(ann)).one())
    assert '<svg viewBox="0 0 ' in text
    assert " ".join(re.findall("....", secret)) in text
    assert f"secret={secret}" in text


def test_counts_once_a_code_was_entered(client, sign_in, ann):
    own = sign_in(ann)
    own.submit("/account/authenticator-app/new")
    answer = own.submit("/account/authenticator-app", {"code": "000000"})
    assert answer.status_code == 422
    assert "This is not the code" in answer.text
    assert not ann.factors
    assert password_step(client).location == "/desk", "nothing is asked for yet"


def test_shows_ten_recovery_codes_once(sign_in, ann):
    client = sign_in(ann)
    _, codes = set_up(client, ann)
    assert len(set(codes)) == 10
    assert not any(code in client.get("/account/second-factors").text for code in codes)
    assert not any(
        code in row.digest for row in db.session.scalars(db.select(RecoveryCode)) for code in codes
    )


def test_the_page_with_the_codes_is_kept_nowhere(sign_in, ann):
    client = sign_in(ann)
    set_up(client, ann)
    page = client.submit("/account/recovery-codes")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'download="recovery-codes.txt"' in page.text


def test_the_secret_lies_encrypted_in_the_database(with_app):
    app, _ = with_app
    assert second_factors.secret_of(app) not in app.sealed_secret
    assert app.sealed_secret.startswith("gAAAA")


def test_a_new_secret_key_reads_what_the_former_encrypted(app, ann, with_app, monkeypatch):
    secret = second_factors.secret_of(with_app[0])
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key that is long enough")
    assert second_factors.secret_of(with_app[0]) == secret
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert second_factors.secret_of(with_app[0]) is None
    assert not second_factors.take_code(ann, "000000"), "and no page breaks"


def test_signs_other_browsers_out(sign_in, ann):
    client, other = sign_in(ann), sign_in(ann)
    set_up(client, ann)
    assert other.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_moves_to_another_device(client, sign_in, ann, with_app, standing_still):
    former, _ = with_app
    own = sign_in(ann)
    own.submit("/account/authenticator-app/new")
    password_step(client)
    assert client.submit("/login/code", {"code": code_of(former)}).status_code == 303, "counts until then"
    app = db.session.scalars(AuthenticatorApp.offered_to(ann)).one()
    assert own.submit("/account/authenticator-app", {"code": code_of(app)}).status_code == 303
    assert db.session.scalars(AuthenticatorApp.of(ann)).one().id == app.id


# -- signing in


def test_asks_for_a_code_after_the_password(client, ann, with_app):
    answer = password_step(client, query_string={"next": "/account/password"})
    assert answer.location == "/login/code"
    assert client.get("/account").status_code == 303, "the password alone opens nothing"
    assert client.get("/login/session").json["user"] is None
    answer = client.submit("/login/code", {"code": code_of(with_app[0])})
    assert answer.location == "/account/password"
    assert client.get("/account").status_code == 200
    assert db.session.scalars(UserSession.of(ann)).first().second_factor


def test_takes_a_code_once(client, app, ann, with_app):
    code = code_of(with_app[0])
    password_step(client)
    assert client.submit("/login/code", {"code": code}).status_code == 303
    other = app.test_client()
    password_step(other)
    answer = other.submit("/login/code", {"code": code})
    assert answer.status_code == 422
    assert "was used before" in answer.text
    assert "second_factor_failed" in actions(ann)


def test_takes_no_code_from_before_the_last(client, app, ann, with_app, standing_still):
    early = code_of(with_app[0])
    standing_still.shift(30)
    password_step(client)
    client.submit("/login/code", {"code": code_of(with_app[0])})
    other = app.test_client()
    password_step(other)
    assert other.submit("/login/code", {"code": early}).status_code == 422


def test_a_clock_that_was_ahead_keeps_nobody_out(client, with_app, standing_still):
    now = clock.now()
    standing_still.move_to(now + timedelta(days=365))
    password_step(client)
    client.submit("/login/code", {"code": code_of(with_app[0])})
    standing_still.move_to(now)
    other = client.application.test_client()
    password_step(other)
    assert other.submit("/login/code", {"code": code_of(with_app[0])}).status_code == 303


def test_the_second_step_takes_a_first(client, ann, with_app):
    assert client.get("/login/code").location == "/login"
    assert client.submit("/login/code", {"code": code_of(with_app[0])}).location == "/login"
    assert client.get("/account").status_code == 303


def test_the_first_step_is_forgotten_after_ten_minutes(client, with_app, standing_still):
    password_step(client)
    standing_still.shift(601)
    assert client.get("/login/code").location == "/login"


def test_a_new_password_voids_the_first_step(client, ann, with_app):
    password_step(client)
    ann.set_password("another long password")
    assert client.submit("/login/code", {"code": code_of(with_app[0])}).location == "/login"


def test_a_reset_link_does_not_pass_the_second_step_by(client, app, ann, with_app, monkeypatch):
    client.submit("/password/forgot", {"email": "ann"})
    mails = sorted(app.extensions["broadsheet_outbox"].folder.glob("*.eml"))
    found = [re.search(r"http://localhost(/password/reset/\S+)", mail.read_text()) for mail in mails]
    link = next(one[1] for one in found if one)
    assert client.submit(link, {"new_password": "staple stable table"}).location == "/login/code"
    assert client.get("/account").status_code == 303
    assert client.submit("/login/code", {"code": code_of(with_app[0])}).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_page_is_told_in_json_that_more_is_needed(client, ann, with_app):
    token = client.get("/login/session").json["csrf_token"]
    sent = {"csrf_token": token, "username": "ann", "password": PASSWORD}
    answer = client.post("/login", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "sign in in another tab" in answer.json["errors"]["form"][0]
    assert client.get("/login/session").json["user"] is None


# -- recovery codes


def test_a_recovery_code_works_once_and_is_counted(client, app, ann, with_app):
    code = with_app[1][3]
    password_step(client)
    answer = client.submit("/login/code", {"recovery_code": code.upper().replace("-", " ")})
    assert answer.status_code == 303
    assert "9 codes are left" in client.get("/account/second-factors").text
    other = app.test_client()
    password_step(other)
    assert other.submit("/login/code", {"recovery_code": code}).status_code == 422


def test_new_recovery_codes_void_the_old(client, sign_in, ann, with_app):
    fresh = CODES.findall(sign_in(ann).submit("/account/recovery-codes").text)
    password_step(client)
    assert client.submit("/login/code", {"recovery_code": with_app[1][0]}).status_code == 422
    assert client.submit("/login/code", {"recovery_code": fresh[0]}).status_code == 303


def test_there_are_none_without_a_factor(sign_in, ann):
    assert sign_in(ann).submit("/account/recovery-codes").location == "/account/second-factors"
    assert not db.session.scalars(db.select(RecoveryCode)).all()


# -- taking away


def test_removing_signs_other_browsers_out_and_voids_the_codes(client, sign_in, ann, with_app):
    own, other = sign_in(ann), sign_in(ann)
    assert own.submit("/account/authenticator-app/delete").status_code == 303
    assert other.get("/account").status_code == 303
    assert own.get("/account").status_code == 200
    assert not db.session.scalars(db.select(RecoveryCode)).all()
    assert password_step(client).location == "/desk"
    assert {"authenticator_app_added", "recovery_codes_made", "authenticator_app_removed"} <= set(
        actions(ann)
    )


# -- who it is, once more


def test_an_old_session_gives_the_password_first(sign_in, ann, standing_still):
    client = sign_in(ann)
    standing_still.shift(31 * 60)
    for path in (
        "/account/authenticator-app/new",
        "/account/authenticator-app/delete",
        "/account/recovery-codes",
    ):
        answer = client.submit(path)
        assert answer.location == "/account/confirmation?next=/account/second-factors", path
    assert not db.session.scalars(db.select(AuthenticatorApp)).all()
    wrong = client.submit(answer.location, {"password": "not that one"})
    assert wrong.status_code == 422
    assert client.submit(answer.location, {"password": PASSWORD}).location == "/account/second-factors"
    assert client.get("/account/second-factors").status_code == 200


def test_a_confirmation_lasts_half_an_hour(sign_in, ann, standing_still):
    client = sign_in(ann)
    standing_still.shift(3600)
    client.submit("/account/confirmation", {"password": PASSWORD})
    standing_still.shift(29 * 60)
    assert client.get("/account/second-factors").status_code == 200
    standing_still.shift(2 * 60)
    assert client.get("/account/second-factors").status_code == 303


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
            "/login/code", {"code": f"{number:06}"}, environ_base={"REMOTE_ADDR": f"{network}.{number % 250}"}
        ).status_code
        for number in range(many)
    ]


def test_codes_are_tried_a_few_times_only(limited, standing_still):
    standing_still.shift(60)
    thief = limited.test_client()
    password_step(thief, "ada")
    assert wrong_codes(thief, 11) == [422] * 10 + [429]
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    assert thief.submit("/login/code", {"code": code_of(app)}).status_code == 429, "the right one neither"
    mails = [path.read_text() for path in limited.extensions["broadsheet_outbox"].folder.glob("*.eml")]
    assert sum("too many wrong codes" in mail for mail in mails) == 1, "the owner is told, once"


def test_guessing_all_day_comes_to_fifty(limited, standing_still):
    standing_still.shift(60)
    ada = db.session.scalars(User.known_as("ada")).one()
    thief = limited.test_client()
    with limited.test_request_context():
        for _ in range(47):
            limits.count(attempts.CODES[1], *attempts.key_of_code(ada, "app"))
    password_step(thief, "ada")
    assert wrong_codes(thief, 4) == [422] * 3 + [429]
    standing_still.shift(timedelta(hours=1))
    password_step(thief, "ada")
    assert wrong_codes(thief, 1) == [429]
    standing_still.shift(timedelta(days=1))
    password_step(thief, "ada")
    assert wrong_codes(thief, 1) == [422]


def test_whoever_knows_the_password_cannot_keep_the_owner_out(limited, standing_still):
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    standing_still.shift(60)
    own, thief = limited.test_client(), limited.test_client()
    password_step(own, "ada")
    assert own.submit("/login/code", {"code": code_of(app)}).status_code == 303
    own.submit("/logout")
    password_step(thief, "ada")
    assert wrong_codes(thief, 12)[-1] == 429
    standing_still.shift(30)
    password_step(own, "ada")
    assert own.submit("/login/code", {"code": code_of(app)}).status_code == 303


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
    assert answer.location == "/login/code"
    app = db.session.scalars(db.select(AuthenticatorApp)).one()
    assert other.submit("/login/code", {"code": code_of(app)}).status_code == 303


def test_a_recovery_code_opens_when_the_tries_are_used_up(limited, standing_still):
    ada = db.session.scalars(User.known_as("ada")).one()
    code = ada.make_recovery_codes()[0]
    db.session.commit()
    standing_still.shift(60)
    client = limited.test_client()
    password_step(client, "ada")
    wrong_codes(client, 11)
    assert client.submit("/login/code", {"recovery_code": code}).status_code == 303


# -- demanded by role


@pytest.fixture
def demand(app):
    def demand(of):
        Site.load().change(second_factor_of=of)
        db.session.commit()

    return demand


def test_who_must_have_one_comes_no_further_without(sign_in, ada, post, demand):
    client = sign_in(ada)
    demand("admins")
    for path in ("/desk", "/desk/settings", "/account", "/account/password"):
        assert client.get(path).location == "/account/second-factors", path
    assert client.submit(f"/desk/posts/{post.id}/trash").location == "/account/second-factors"
    assert client.get("/desk/jump", headers={"Accept": "application/json"}).status_code == 403
    assert "demands a second factor" in client.get("/account/second-factors").text
    assert client.get("/").status_code == 200, "what any visitor may see stays open"
    set_up(client, ada)
    assert client.get("/desk/settings").status_code == 200


def test_it_counts_at_once_and_only_for_those_roles(sign_in, ada, ed, ann, demand):
    clients = {person: sign_in(person) for person in (ada, ed, ann)}

    def kept_out():
        return [clients[person].get("/desk").status_code == 303 for person in (ada, ed, ann)]

    assert kept_out() == [False, False, False]
    demand("admins")
    assert kept_out() == [True, False, False]
    demand("editors")
    assert kept_out() == [True, True, False]
    demand("all")
    assert kept_out() == [True, True, True]
    demand("nobody")
    assert kept_out() == [False, False, False]


def test_an_admin_demands_it_in_the_settings(sign_in, ada):
    client = sign_in(ada)
    form = {
        "title": "A site", "language": "en", "timezone": "UTC", "posts_per_page": "10",
        "authors_publish": "True", "second_factor_of": "editors",
    }  # fmt: skip
    assert client.submit("/desk/settings", form).status_code == 303
    assert Site.load().second_factor_of == "editors"


def test_whoever_must_have_one_and_takes_it_off_is_led_back(sign_in, ada, demand):
    client = sign_in(ada)
    set_up(client, ada)
    demand("admins")
    assert client.get("/desk").status_code == 200
    assert client.submit("/account/authenticator-app/delete").location == "/account/second-factors"
    assert client.get("/desk").location == "/account/second-factors"


# -- an admin, and the machine


def test_an_admin_sees_who_has_one(sign_in, ada, ann, ben, with_app):
    client = sign_in(ada)
    assert "Authenticator app" in client.get("/desk/people").text
    alone = client.get("/desk/people?show=password-alone").text
    assert "Ben Author" in alone
    assert "Ann Author" not in alone
    assert "Authenticator app" in client.get(f"/desk/people/{ann.id}/edit").text


def test_an_admin_takes_them_off_a_person(client, app, sign_in, ada, ann, with_app):
    own, admin = sign_in(ann), sign_in(ada)
    answer = admin.submit(f"/desk/people/{ann.id}/second-factors/delete")
    assert answer.location == f"/desk/people/{ann.id}/edit"
    assert own.get("/account").status_code == 303
    assert not ann.factors
    assert not db.session.scalars(db.select(RecoveryCode)).all()
    assert password_step(client).location == "/desk"
    assert "second_factors_removed" in actions(ann)
    mails = [path.read_text() for path in app.extensions["broadsheet_outbox"].folder.glob("*.eml")]
    assert any("To: Ann Author" in mail and "taken off your account" in mail for mail in mails)


def test_an_admin_gives_the_own_password_first(sign_in, ada, ann, with_app, standing_still):
    admin = sign_in(ada)
    standing_still.shift(31 * 60)
    answer = admin.submit(f"/desk/people/{ann.id}/second-factors/delete")
    assert answer.location == f"/account/confirmation?next=/desk/people/{ann.id}/edit"
    assert ann.factors


def test_nobody_takes_the_own_off_there(sign_in, ada):
    assert sign_in(ada).submit(f"/desk/people/{ada.id}/second-factors/delete").status_code == 403


def test_another_address_takes_the_password_of_who_changes_it(sign_in, ada, ann, standing_still):
    admin = sign_in(ada)
    standing_still.shift(31 * 60)
    form = {"name": "Ann Author", "email": "ann@new.example", "role": "author", "own_password": "wrong"}
    answer = admin.submit(f"/desk/people/{ann.id}/edit", form)
    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert ann.email == "ann@example.com"
    assert admin.submit(f"/desk/people/{ann.id}/edit", form | {"own_password": PASSWORD}).status_code == 303
    assert ann.email == "ann@new.example"
    form = {"name": "Ann A. Author", "email": "ann@new.example", "role": "author"}
    assert admin.submit(f"/desk/people/{ann.id}/edit", form).status_code == 303, "a name needs none"


def test_the_command_line_takes_them_off(app, runner, ann, with_app, sign_in):
    own = sign_in(ann)
    shown = runner.invoke(args=["user", "second-factor", "ann"])
    assert shown.output == "Second factors of Ann Author (ann): app: yes, passkeys: 0.\n"
    assert ann.factors
    done = runner.invoke(args=["user", "second-factor", "--remove", "ann"])
    assert done.output.endswith("Removed; signed out everywhere.\n")
    db.session.expire_all()
    assert not ann.factors
    assert own.get("/account").status_code == 303
