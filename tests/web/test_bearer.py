"""Programs come in by a token, and by nothing else."""

from datetime import timedelta

import pytest
import time_machine
from flask import Blueprint, session
from flask_login import current_user

from broadsheet.extensions import csrf, db
from broadsheet.lib import api_tokens, clock
from broadsheet.models import Ability, ApiToken, Event, Post, Role, Scope, Site
from broadsheet.web import access, bearer
from program import program
from stage import person


@pytest.fixture(autouse=True)
def api(app, monkeypatch):
    return with_api(app, monkeypatch)


def with_api(app, monkeypatch):
    """A few addresses below /api/v1: for anyone, for who has an account, for who may write."""
    blueprint = Blueprint("program", __name__, url_prefix="/api/v1/test")

    @blueprint.route("/public", methods=["GET", "POST"])
    def public():
        of_cookie, session["x"] = list(session), "y"
        return {"who": current_user.name, "drafts": bearer.allows(Scope.CONTENT_READ), "of_cookie": of_cookie}

    @blueprint.get("/account")
    def account():
        return {"who": current_user.name}

    @blueprint.route("/posts", methods=["GET", "POST"])
    def posts():
        post = Post()
        post.revise(by=current_user, title="By a program", body="", authors=[current_user], tags=[])
        db.session.commit()
        return {"who": current_user.name}

    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
    monkeypatch.setitem(access.ACCESS, "program.public", access.ANYONE)
    monkeypatch.setitem(access.ACCESS, "program.account", Ability.HAVE_ACCOUNT)
    monkeypatch.setitem(access.ACCESS, "program.posts", access.Demand(Ability.WRITE, Scope.CONTENT_WRITE))
    return app


def make(user, *scopes, expires_at=None):
    token, secret = ApiToken.make(user, name="Deploy", scopes=scopes, expires_at=expires_at)
    db.session.commit()
    return token, secret


@pytest.fixture
def token(ann):
    """One of Ann's, for content."""
    return make(ann, Scope.CONTENT_WRITE)


def ask(client, path, secret=None, method="GET", **options):
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    return client.open(f"/api/v1/test/{path}", method=method, headers=headers, **options)


# -- who comes in


def test_a_token_does_what_its_person_may_in_its_person_s_name(client, token):
    answer = ask(client, "posts", token[1], "POST")
    assert answer.json == {"who": "Ann Author"}
    assert "Set-Cookie" not in answer.headers
    event = db.session.scalars(db.select(Event).where(Event.action == "post_created")).one()
    assert event.actor_name == "Ann Author"


def test_without_a_token_one_is_a_stranger(client, token):
    answer = ask(client, "public")
    assert (answer.json["who"], answer.json["drafts"]) == ("", False)
    answer = ask(client, "public", token[1])
    assert (answer.json["who"], answer.json["drafts"]) == ("Ann Author", True)
    answer = ask(client, "account")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["account", "posts"])
def test_a_cookie_alone_is_a_stranger_s_and_none_is_set(sign_in, ann, path):
    browser = sign_in(ann)
    assert browser.get("/account").status_code == 200
    for method in ("GET", "POST") if path == "posts" else ("GET",):
        answer = ask(browser, path, method=method)
        assert answer.status_code == 401
    answer = ask(browser, "public")
    assert (answer.json["who"], answer.json["of_cookie"]) == ("", [])
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/account").status_code == 200, "what the browser has is left alone"


def test_a_token_opens_nothing_but_the_api(client, token):
    headers = {"Authorization": f"Bearer {token[1]}"}
    assert client.get("/account", headers=headers).status_code == 303
    assert client.get("/desk", headers=headers).status_code == 303


def test_another_scheme_is_for_somebody_before_us(client):
    answer = client.get("/api/v1/test/public", headers={"Authorization": "Basic YW5uOnBhc3N3b3Jk"})
    assert answer.json["who"] == ""


# -- who does not


@pytest.fixture
def bad(ann):
    """Tokens that open nothing, and what is said of them."""
    unknown = api_tokens.new_token()
    (revoked_row, revoked), (_, expired) = make(ann), make(ann, expires_at=clock.now())
    revoked_row.revoke()
    db.session.commit()
    return {
        "nonsense": "This is no token",
        unknown[:-1]: "This is no token",
        f"{unknown} {unknown}": "This is no token",
        "bsh_" + "0" * 38: "its checksum is not right",
        unknown: "not known here",
        revoked: "was revoked at 20",
        expired: "expired at 20",
    }


@pytest.mark.parametrize("path", ["public", "posts"])
def test_a_bad_token_is_refused_even_where_none_is_needed_and_told_why(client, bad, path):
    for secret, words in bad.items():
        answer = ask(client, path, secret)
        assert answer.status_code == 401, secret
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer.mimetype == "application/problem+json"
        assert words in answer.json["detail"]


def test_a_suspended_person_s_tokens_open_nothing_until_it_ends(client, ann, token):
    ann.suspend()
    answer = ask(client, "public", token[1])
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert "suspended" in answer.json["detail"]
    ann.reinstate()
    assert ask(client, "public", token[1]).status_code == 200


def test_an_expired_token_ends_on_the_second(client, ann):
    token, secret = make(ann, expires_at=clock.now() + timedelta(days=30))
    with time_machine.travel(token.expires_at - timedelta(seconds=1), tick=False):
        assert ask(client, "public", secret).status_code == 200
    with time_machine.travel(token.expires_at, tick=False):
        assert ask(client, "public", secret).status_code == 401


def test_a_scope_too_small_is_named(client, ann):
    answer = ask(client, "posts", make(ann, Scope.CONTENT_READ, Scope.MEDIA_WRITE)[1])
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="content:write"'


def test_a_token_cannot_do_what_its_person_cannot(client, ann, token):
    assert ask(client, "posts", token[1]).status_code == 200
    ann.give_role(Role.READER)
    answer = ask(client, "posts", token[1])
    assert answer.status_code == 403
    assert "Your role does not let you write" in answer.json["detail"]


def test_who_must_have_a_second_factor_and_has_none_is_told(client, ann, token):
    Site.load().change(second_factor_of="all")
    for path in ("public", "posts"):
        answer = ask(client, path, token[1])
        assert answer.status_code == 403
        assert "second factor" in answer.json["detail"]


# -- the last use


def test_the_last_use_is_noted_once_a_minute_whatever_becomes_of_the_request(client, ann, token, queries):
    token, secret = token
    with time_machine.travel(clock.now(), tick=False) as time:
        ask(client, "nowhere", secret, "POST", environ_base={"REMOTE_ADDR": "198.51.100.7"})
        assert (token.last_used_at, token.last_address) == (clock.now(), "198.51.100.7")
        first = clock.now()
        time.shift(timedelta(seconds=59))
        with queries() as asked:
            ask(client, "public", secret)
        assert token.last_used_at == first
        assert not [one for one in asked if one.startswith("UPDATE")]
        time.shift(timedelta(seconds=2))
        ask(client, "public", secret)
        assert (token.last_used_at, token.last_address) == (clock.now(), "127.0.0.1")


# -- how often


@pytest.fixture
def limited(make_app, monkeypatch):
    app = make_app(BROADSHEET_RATE_LIMITS="on", BROADSHEET_API_READS="3", BROADSHEET_API_WRITES="1")
    return with_api(app, monkeypatch).test_client()


def test_a_token_has_so_many_reads_and_writes_a_minute(limited, ann, token):
    other = make(ann)[1]
    assert [ask(limited, "public", token[1]).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [ask(limited, "public", token[1], "POST").status_code for _ in range(2)] == [200, 429]
    answer = ask(limited, "public", token[1])
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert ask(limited, "public", other).status_code == 200
    assert ask(limited, "public").status_code == 200


def test_nobody_tries_tokens_on_and_on_nor_keeps_another_s_out(limited, monkeypatch, ann, token):
    monkeypatch.setattr("broadsheet.web.attempts.BAD_TOKENS", "2 per 15 minutes")
    here = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    assert ask(limited, "public", token[1], **here).status_code == 200
    statuses = [ask(limited, "public", api_tokens.new_token(), **here).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    answer = ask(limited, "public", make(ann)[1], **here)
    assert answer.status_code == 429, "nor is it told that this one would be right"
    assert int(answer.headers["Retry-After"]) > 60
    assert ask(limited, "public", token[1], **here).status_code == 200, "it came from there before"
    assert ask(limited, "public").status_code == 200
    assert ask(limited, "public", api_tokens.new_token()).status_code == 401, "from elsewhere"


def test_where_there_is_no_api_a_token_is_neither_judged_nor_noted(make_app):
    app = make_app(BROADSHEET_ONLY="public")
    with app.app_context():
        asking = program(app, person("Ann Author", Role.AUTHOR))
        assert asking.get("/posts").status_code == 404
        assert db.session.scalars(db.select(ApiToken)).one().last_used_at is None
        asking.token = "bsh_wrong"
        assert asking.get("/posts").status_code == 404
