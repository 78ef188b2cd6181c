"""Signing in and out, and the list of one's browsers."""

import re
from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock, passwords
from broadsheet.models import Event, Role, User, UserSession
from stage import PASSWORD, person


def login(client, username, password=PASSWORD, **kwargs):
    return client.submit("/login", {"username": username, "password": password}, **kwargs)


@pytest.fixture
def limited(make_app):
    """A site with its limits on, of which `ada` is the admin."""
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app


def test_signs_in_by_username(client, ann):
    answer = login(client, "ann")
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200


def test_signs_in_by_email_in_any_case(client, ann):
    assert login(client, " ANN@Example.com ").status_code == 303


def test_a_reader_arrives_at_the_home_page(client, rea):
    assert login(client, "rea").location == "/"


def test_leads_on_to_the_page_that_was_asked_for(client, ann):
    asked = client.get("/account/sessions")
    assert asked.status_code == 303
    answer = client.submit(asked.location, {"username": "ann", "password": PASSWORD})
    assert answer.location == "/account/sessions"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "evil",
    ],
)
def test_never_leads_away_from_the_site(client, rea, target):
    answer = client.submit("/login", {"username": "rea", "password": PASSWORD}, query_string={"next": target})
    assert answer.location == "/"


def test_whoever_is_signed_in_is_led_on(sign_in, rea):
    assert sign_in(rea).get("/login?next=/account").location == "/account"


def test_says_what_is_missing_and_keeps_the_name(client):
    answer = client.submit("/login", {"username": "somebody", "password": ""})
    assert answer.status_code == 422
    assert 'value="somebody"' in answer.text
    assert "Please fill this in" in answer.text


def test_gives_the_same_answer_whatever_is_wrong(client, ann, ben, ed):
    byline = User.create(name="Only Byline", username="byline")
    ben.suspend()
    db.session.commit()

    def words(username, password):
        answer = login(client, username, password)
        assert answer.status_code == 422
        text = re.sub(r'value="[^"]*"|sha256-[^\']*', "", answer.text)
        return text

    answers = {
        words("nobody", PASSWORD),
        words("ann", "wrong password"),
        words("ben", PASSWORD),
        words(byline.username, PASSWORD),
    }
    assert len(answers) == 1


def test_hashes_a_password_even_if_nobody_has_the_name(client, ann, ben, monkeypatch):
    ben.suspend()
    db.session.commit()
    seen = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: seen.append(given) or matches(*given))
    for username in ("nobody", "ann", "ben"):
        login(client, username, "wrong password")
    assert len(seen) == 3


def test_a_password_with_old_parameters_is_hashed_anew(client, ann, monkeypatch):
    old = ann.password_hash
    login(client, "ann", "wrong password")
    hasher = passwords.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    login(client, "ann", "wrong password")
    assert ann.password_hash == old, "a wrong one changes nothing"
    assert login(client, "ann").status_code == 303
    assert "t=2" in ann.password_hash
    assert ann.check_password(PASSWORD)


def test_writes_as_much_down_whoever_failed(client, ann):
    login(client, "nobody", "a password")
    login(client, "ann", "a wrong password")
    failures = db.session.scalars(db.select(Event).where(Event.action == "sign_in_failed")).all()
    assert [event.subject_id for event in failures] == [None, ann.id]
    assert not any("password" in str(event.details) for event in failures)


def test_the_audit_log_tells_who_signed_in(client, ann):
    login(client, "ann")
    event = db.session.scalars(db.select(Event).where(Event.action == "signed_in")).one()
    assert (event.actor_id, event.actor_name) == (ann.id, ann.name)
    assert ann.last_signed_in_at is not None


def test_holds_no_lock_while_it_hashes(client, ann, monkeypatch):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite")
    matches = passwords.matches

    def writes_meanwhile(*given):
        with db.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 100")
            connection.exec_driver_sql("UPDATE users SET bio = 'meanwhile'")
            connection.exec_driver_sql("PRAGMA busy_timeout = 10000")
        return matches(*given)

    monkeypatch.setattr(passwords, "matches", writes_meanwhile)
    assert login(client, "ann").status_code == 303


# -- too many attempts


def test_strangers_may_try_a_few_passwords_only(limited):
    client = limited.test_client()
    answers = [login(client, "ada", f"wrong password {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert 'value="ada"' in answers[-1].text
    assert login(client, "ada").status_code == 429, "the right password does not help either"


def test_attempts_on_a_name_that_nobody_has_are_counted_alike(limited):
    client = limited.test_client()
    answers = [login(client, "nobody", "wrong password") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_strangers_cannot_keep_the_owner_out(limited):
    own, strange = limited.test_client(), limited.test_client()
    assert login(own, "ada").status_code == 303
    own.submit("/logout")
    for number in range(12):
        login(strange, "ada", f"wrong password {number}", environ_base={"REMOTE_ADDR": f"203.0.113.{number}"})
    assert login(strange, "ada").status_code == 429
    assert login(own, "ada").status_code == 303


def test_the_way_in_opens_again_by_itself(limited):
    client = limited.test_client()
    for _ in range(11):
        login(client, "ada", "wrong password")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert login(client, "ada").status_code == 303


def test_one_address_may_not_try_many_names(limited):
    client = limited.test_client()
    answers = [login(client, f"name-{number}", "wrong password") for number in range(41)]
    assert answers[-2].status_code == 422
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_success_forgives_the_failures_before(limited):
    client = limited.test_client()
    for _ in range(9):
        login(client, "ada", "wrong password")
    assert login(client, "ada").status_code == 303
    other = limited.test_client()
    assert login(other, "ada", "wrong password").status_code == 422


# -- signing out


def test_signing_out_kills_the_cookie(sign_in, ann):
    client = sign_in(ann)
    stolen = client.get_cookie("broadsheet").value
    answer = client.submit("/logout")
    assert (answer.status_code, answer.location) == (303, "/")
    thief = client.application.test_client()
    thief.set_cookie("broadsheet", stolen)
    assert thief.get("/account").status_code == 303
    assert db.session.scalars(UserSession.of(ann)).all() == []


def test_signing_out_takes_a_post(sign_in, ann):
    client = sign_in(ann)
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200


def test_signing_out_takes_a_token(sign_in, ann):
    client = sign_in(ann)
    assert client.post("/logout").status_code == 400
    assert client.get("/account").status_code == 200


def test_whoever_is_not_signed_in_can_sign_out_as_well(client):
    assert client.submit("/logout").status_code == 303


# -- the list


def test_lists_own_browsers_and_marks_this_one(sign_in, ann, ben):
    sign_in(ben)
    client = sign_in(ann)
    UserSession.start(ann, address="203.0.113.9", user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
    text = client.get("/account/sessions").text
    assert "Firefox on Linux" in text
    assert "203.0.113.9" in text
    assert text.count("This browser") == 1
    assert text.count("/delete") == 3, "one each, and one for all the others"


def test_revokes_another_browser(sign_in, ann):
    client, other = sign_in(ann), sign_in(ann)
    row = db.session.scalars(UserSession.of(ann)).first()
    assert client.submit(f"/account/sessions/{row.id}/delete").status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_revoking_this_browser_signs_out(sign_in, ann):
    client = sign_in(ann)
    row = db.session.scalars(UserSession.of(ann)).one()
    assert client.submit(f"/account/sessions/{row.id}/delete").location == "/"
    assert client.get("/account").status_code == 303


def test_cannot_revoke_somebody_elses(sign_in, ann, ben):
    client, other = sign_in(ann), sign_in(ben)
    row = db.session.scalars(UserSession.of(ben)).one()
    assert client.submit(f"/account/sessions/{row.id}/delete").status_code == 404
    assert other.get("/account").status_code == 200


def test_signs_out_everywhere_else(sign_in, ann):
    client, *others = sign_in(ann), sign_in(ann), sign_in(ann)
    assert client.submit("/account/sessions/delete").status_code == 303
    assert client.get("/account").status_code == 200
    assert [other.get("/account").status_code for other in others] == [303, 303]


# -- signing in from within a page, in JSON

JSON = {"Accept": "application/json"}


def test_a_page_asks_who_is_signed_in_and_gets_a_token(client, sign_in, ann):
    answer = client.get("/login/session")
    assert answer.json["user"] is None
    assert answer.headers["Cache-Control"] == "no-store"
    assert sign_in(ann).get("/login/session").json["user"] == ann.id


def test_signs_in_without_leaving_the_page(client, ann):
    token = client.get("/login/session").json["csrf_token"]
    sent = {"csrf_token": token, "username": "ann", "password": PASSWORD}
    answer = client.post("/login", data=sent, headers=JSON)
    assert (answer.status_code, answer.json) == (200, {"user": ann.id})
    fresh = client.get("/login/session").json
    assert fresh["user"] == ann.id
    assert client.post("/desk/posts/new", data={"csrf_token": fresh["csrf_token"]}).status_code == 303


def test_says_in_json_that_a_password_is_wrong(client, ann):
    token = client.get("/login/session").json["csrf_token"]
    sent = {"csrf_token": token, "username": "ann", "password": "wrong"}
    answer = client.post("/login", data=sent, headers=JSON)
    assert answer.status_code == 422
    assert answer.json["errors"]["form"] == ["The name or the password is not right."]
