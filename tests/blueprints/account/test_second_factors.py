"""The authenticator app and recovery codes: set up, demanded, taken away."""

import re

import pytest

from app_codes import STEP, actions, code_of, password_step, set_up
from broadsheet.extensions import db
from broadsheet.models import AuthenticatorApp, RecoveryCode, Role, Site
from broadsheet.web import second_factors
from stage import PASSWORD

pytestmark = pytest.mark.usefixtures("standing_still")  # a code is right for half a minute


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
    assert client.submit(STEP, {"code": code_of(former)}).status_code == 303, "counts until then"
    app = db.session.scalars(AuthenticatorApp.offered_to(ann)).one()
    assert own.submit("/account/authenticator-app", {"code": code_of(app)}).status_code == 303
    assert db.session.scalars(AuthenticatorApp.of(ann)).one().id == app.id


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


def test_another_role_takes_the_password_of_who_gives_it(sign_in, ada, ann, standing_still):
    admin = sign_in(ada)
    standing_still.shift(31 * 60)
    form = {"name": "Ann Author", "email": "ann@example.com", "role": "admin"}
    for own in ({}, {"own_password": "wrong"}):
        answer = admin.submit(f"/desk/people/{ann.id}/edit", form | own)
        assert answer.status_code == 422
        assert "This is not your password" in answer.text
        assert ann.role == Role.AUTHOR
    assert admin.submit(f"/desk/people/{ann.id}/edit", form | {"own_password": PASSWORD}).status_code == 303
    assert ann.role == Role.ADMIN


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
