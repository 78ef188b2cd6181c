"""Passkeys: added, used alone or after the password, refused when something about them is wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from authenticator import Authenticator
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Passkey, PasskeyChallenge, RecoveryCode, Role, UserSession
from broadsheet.web import passkeys
from stage import PASSWORD, person

JSON = {"Accept": "application/json"}


def asked(client, path, **kwargs):
    return client.submit(path, headers=JSON, **kwargs).json


def add(client, key, name="Phone", **kwargs):
    options = asked(client, "/account/passkeys/options", **kwargs)
    sent = {"name": name, "credential": key.make(options)}
    return client.submit("/account/passkeys", sent, **kwargs)


def use(client, key, step="", **kwargs):
    query = {"query_string": {"step": step}} if step else {}
    options = asked(client, "/login/passkey/options", **query, **kwargs)
    return client.submit("/login/passkey", {"credential": key.use(options)}, **query, **kwargs)


def is_in(client):
    return client.get("/account").status_code == 200


@pytest.fixture
def key(sign_in, ann):
    """Ann's passkey."""
    key = Authenticator()
    assert add(sign_in(ann), key).status_code == 200
    return key


# -- adding


def test_the_first_brings_recovery_codes_and_signs_other_browsers_out(sign_in, ann):
    client, other = sign_in(ann), sign_in(ann)
    page = add(client, Authenticator())
    assert page.text.count("<li><code>") == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert is_in(client)
    assert not is_in(other)
    assert len(db.session.scalars(db.select(RecoveryCode)).all()) == 10


def test_several_have_names_and_one_handle(sign_in, ann, key):
    client = sign_in(ann)
    assert add(client, Authenticator(), "<Laptop>").location == "/account/second-factors"
    text = client.get("/account/second-factors").text
    assert "Phone" in text
    assert "&lt;Laptop&gt;" in text
    phone, laptop = db.session.scalars(Passkey.of(ann))
    assert phone.handle == laptop.handle
    assert (phone.host, phone.transports) == ("localhost", ["internal"])
    events = db.session.scalars(db.select(Event.action).where(Event.subject_id == ann.id)).all()
    assert events.count("passkey_added") == 2


def test_what_is_asked_names_those_that_are_there(sign_in, ann, key):
    options = asked(sign_in(ann), "/account/passkeys/options")
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert str(ann.id) != options["user"]["id"], "the handle says nothing of the person"


def test_a_key_is_added_once(sign_in, ann, ben, key):
    client = sign_in(ben)
    assert "was not added" in client.get(add(client, key).location).text
    assert len(db.session.scalars(db.select(Passkey)).all()) == 1


def test_a_key_needs_a_name(sign_in, ann):
    assert add(sign_in(ann), Authenticator(), " ").status_code == 303
    assert not ann.factors


def test_nonsense_is_refused_in_words(sign_in, ann):
    client = sign_in(ann)
    good = Authenticator().make(asked(client, "/account/passkeys/options"))
    for bad in ("", "{}", "[" * 9000, "x" * 30_000, good.replace("rawId", "raw")):
        asked(client, "/account/passkeys/options")
        answer = client.submit("/account/passkeys", {"name": "Phone", "credential": bad})
        assert answer.status_code == 303
        assert "was not added" in client.get(answer.location).text
    assert not ann.factors


def test_a_challenge_is_answered_once_and_in_time(sign_in, ann):
    client = sign_in(ann)
    options = asked(client, "/account/passkeys/options")
    with client.session_transaction() as session:
        kept = dict(session)
    client.submit("/account/passkeys", {"name": "First", "credential": Authenticator().make(options)})
    with client.session_transaction() as session:
        session.update(kept)  # the cookie is sent once more
    client.submit("/account/passkeys", {"name": "Second", "credential": Authenticator().make(options)})
    options = asked(client, "/account/passkeys/options")
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        client.submit("/account/passkeys", {"name": "Late", "credential": Authenticator().make(options)})
        assert [one.name for one in db.session.scalars(Passkey.of(ann))] == ["First"]
        asked(client, "/account/passkeys/options")
        assert len(db.session.scalars(db.select(PasskeyChallenge)).all()) == 1, "old ones are swept out"


def test_an_old_session_gives_the_password_first(sign_in, ann):
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert client.submit("/account/passkeys/options", headers=JSON).status_code == 403
        assert client.submit("/account/passkeys").location.startswith("/account/confirmation")


# -- signing in by one alone


def test_opens_the_account_alone(client, ann, key):
    answer = use(client, key)
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert is_in(client)
    session = db.session.scalars(UserSession.of(ann)).first()
    assert session.second_factor
    event = db.session.scalars(db.select(Event).where(Event.action == "signed_in")).all()[-1]
    assert (event.actor_id, event.details["by"]) == (ann.id, "passkey")
    assert db.session.scalars(Passkey.of(ann)).one().last_used_at


def test_leads_on_to_the_page_that_was_asked_for(client, ann, key):
    for wanted, location in (("/account/sessions", "/account/sessions"), ("//evil.example", "/desk")):
        options = asked(client, "/login/passkey/options")
        answer = client.submit(
            "/login/passkey", {"credential": key.use(options)}, query_string={"next": wanted}
        )
        assert answer.location == location
        client.submit("/logout")


def test_what_is_asked_tells_nothing_of_anybody(client, key):
    options = asked(client, "/login/passkey/options")
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")
    assert client.submit("/login/passkey/options", headers=JSON).headers["Cache-Control"] == "no-store"


def refused(client, answer):
    assert answer.status_code == 303
    assert answer.location.startswith("/login")
    assert "opens nothing here" in client.get(answer.location).text
    assert not is_in(client)


def test_takes_a_challenge_once(client, app, key):
    options = asked(client, "/login/passkey/options")
    with client.session_transaction() as session:
        kept = dict(session)
    sent = {"credential": key.use(options)}
    assert client.submit("/login/passkey", sent).location == "/desk"
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(kept)  # the cookie and the answer, both overheard
    refused(thief, thief.submit("/login/passkey", sent))


def test_takes_no_answer_to_somebody_else_s_challenge(client, app, key):
    options = asked(app.test_client(), "/login/passkey/options")
    asked(client, "/login/passkey/options")
    refused(client, client.submit("/login/passkey", {"credential": key.use(options)}))


def test_refuses_what_is_not_as_it_must_be(client, sign_in, ann):
    key = Authenticator(count=5)
    add(sign_in(ann), key)
    assert use(client, key).location == "/desk"
    client.submit("/logout")
    for wrong in (
        {"origin": "https://evil.example"},
        {"verifies": False},
        {"handle": "c29tZWJvZHk"},
        {"count": -1},
    ):
        refused(client, use(client, replace(key, **wrong)))


def test_refuses_the_key_of_another(client, ann, key):
    forged = Authenticator(id=key.id, handle=key.handle)
    refused(client, use(client, forged))
    refused(client, use(client, Authenticator()))


def test_refuses_the_suspended(client, ann, key):
    ann.suspend()
    refused(client, use(client, key))


def test_is_void_once_it_is_removed(client, sign_in, ann, key):
    own, other = sign_in(ann), sign_in(ann)
    id = db.session.scalars(Passkey.of(ann)).one().id
    assert own.submit(f"/account/passkeys/{id}/delete").status_code == 303
    assert not is_in(other)
    assert is_in(own)
    refused(client, use(client, key))
    assert not db.session.scalars(db.select(RecoveryCode)).all()


def test_nobody_removes_somebody_elses(sign_in, ann, ben, key):
    id = db.session.scalars(Passkey.of(ann)).one().id
    assert sign_in(ben).submit(f"/account/passkeys/{id}/delete").status_code == 404


def test_needs_a_token_of_our_own_form(client, key):
    assert client.post("/login/passkey", data={"credential": "{}"}).status_code == 400


# -- after the password


def test_is_the_second_step_as_well(client, ann, key):
    key.verifies = False  # a security key without a PIN does, beside a password
    assert client.submit("/login", {"username": "ann", "password": PASSWORD}).location == "/login/second-step"
    options = asked(client, "/login/passkey/options", query_string={"step": "second"})
    assert len(options["allowCredentials"]) == 1
    answer = client.submit(
        "/login/passkey", {"credential": key.use(options)}, query_string={"step": "second"}
    )
    assert answer.location == "/desk"
    assert is_in(client)


def test_the_second_step_takes_only_keys_of_that_person(client, sign_in, ann, ben, key):
    other = Authenticator()
    add(sign_in(ben), other)
    client.submit("/login", {"username": "ann", "password": PASSWORD})
    answer = use(client, other, step="second")
    assert answer.location == "/login/second-step"
    assert not is_in(client)


def test_the_second_step_takes_a_first(client, key):
    assert use(client, key, step="second").location == "/login"
    assert not is_in(client)


def test_tries_of_strangers_do_not_stop_a_passkey(make_app):
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        own, thief, key = app.test_client(), app.test_client(), Authenticator()
        own.submit("/login", {"username": "ada", "password": PASSWORD})
        add(own, key)
        for number in range(12):
            sent = {"username": "ada", "password": f"wrong password {number}"}
            thief.submit("/login", sent, environ_base={"REMOTE_ADDR": f"203.0.113.{number}"})
        new = app.test_client()
        assert new.submit("/login", {"username": "ada", "password": PASSWORD}).status_code == 429
        assert use(new, key).location == "/desk"


# -- who it is, once more


def test_confirms_who_it_is(sign_in, ann, key):
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert client.get("/account/second-factors").status_code == 303
        options = asked(client, "/account/confirmation/passkey/options")
        answer = client.submit("/account/confirmation/passkey", {"credential": key.use(options)})
        assert answer.location == "/account/second-factors"
        assert client.get("/account/second-factors").status_code == 200


def test_confirming_takes_a_finger_a_face_or_a_pin(sign_in, ann, key):
    """Whoever found the browser open may have found the key beside it."""
    client = sign_in(ann)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        options = asked(client, "/account/confirmation/passkey/options")
        assert options["userVerification"] == "required"
        answer = client.submit(
            "/account/confirmation/passkey", {"credential": replace(key, verifies=False).use(options)}
        )
        assert answer.location.startswith("/account/confirmation?")
        assert client.get("/account/second-factors").status_code == 303


def test_a_refused_key_forges_no_line_of_the_log(client, key, caplog):
    options = asked(client, "/login/passkey/options")
    forged = replace(key, origin="http://localhost\n2026-01-01 INFO broadsheet.requests [x] GET /desk 200")
    with caplog.at_level("INFO", "broadsheet"):
        client.submit("/login/passkey", {"credential": forged.use(options)})
    (line,) = (one.getMessage() for one in caplog.records if "refused" in one.getMessage())
    assert "GET /desk 200" in line, "the library quotes what was sent"
    assert "\n" not in line


# -- where they work


def test_says_where_there_are_none(app, sign_in, ann):
    client = sign_in(ann)
    cookie = client.get_cookie("broadsheet")
    for address, says in (
        ("http://localhost", None),
        ("https://example.org", None),
        ("http://example.org", "open the site at https://"),
        ("http://127.0.0.1:8000", "by its name"),
        ("https://192.0.2.7", "by its name"),
    ):
        name = "__Host-broadsheet" if address.startswith("https") else "broadsheet"
        client.set_cookie(name, cookie.value, domain=address.split("//")[1].split(":")[0])
        text = client.get("/account/second-factors", base_url=address).text
        assert ("Add a passkey" in text) == (says is None), address
        assert says is None or says in text, address


def test_the_site_s_address_serves_hosts_below_it(make_app):
    app = make_app(BROADSHEET_SITE_URL="https://example.org")
    for host, id in (
        ("example.org", "example.org"),
        ("desk.example.org", "example.org"),
        ("evilexample.org", "evilexample.org"),
        ("other.test:8000", "other.test"),
    ):
        with app.test_request_context(base_url=f"https://{host}"):
            assert passkeys.rp_id() == id
