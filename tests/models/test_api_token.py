from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.models import ApiToken, Event, Scope
from broadsheet.models.api_token import TokenState, scopes_for


@pytest.fixture
def made(ann):
    made, secret = ApiToken.make(
        ann, name="Deploy", scopes=[Scope.MEDIA_READ, Scope.CONTENT_WRITE], expires_at=None
    )
    db.session.commit()
    return made, secret


def test_is_found_by_the_token_of_which_only_the_digest_and_four_characters_are_stored(made):
    token, secret = made
    assert db.session.scalars(ApiToken.known_by(secret)).one() is token
    assert token.token_hash == tokens.digest(secret)
    assert token.last_four == secret[-4:]
    event = db.session.scalars(select(Event).where(Event.action == "token_created")).one()
    assert event.details == {"token": "Deploy", "scopes": ["content:write", "media:read"]}
    assert secret[4:-4] not in repr(vars(token)) + repr(vars(event))


def test_a_scope_to_write_or_publish_covers_reading_the_same_and_nothing_else(made):
    token, _ = made
    assert [scope for scope in Scope if token.allows(scope)] == [
        Scope.CONTENT_READ,
        Scope.CONTENT_WRITE,
        Scope.MEDIA_READ,
    ]
    assert Scope.CONTENT_PUBLISH.covers(Scope.CONTENT_READ)
    assert not Scope.CONTENT_PUBLISH.covers(Scope.CONTENT_WRITE)


def test_a_scope_that_no_release_knows_any_more_opens_nothing(made):
    token, _ = made
    token.scopes = ["content:everything", "media:read"]
    assert token.scopes_in_order == [Scope.MEDIA_READ]


def test_expires_at_its_time(ann):
    token, _ = ApiToken.make(ann, name="Short", scopes=[], expires_at=clock.now() + timedelta(days=30))
    db.session.commit()
    assert token.state is TokenState.ALIVE
    assert ApiToken.count(ann) == 1
    with time_machine.travel(token.expires_at, tick=False):
        assert token.state is TokenState.EXPIRED
        assert ApiToken.count(ann) == 0
        assert db.session.scalars(ApiToken.of(ann)).all() == [token]


def test_is_revoked_and_reinstated_and_the_log_tells_each_once(made, ann):
    token, _ = made
    for _ in range(2):
        token.revoke(by=ann)
    assert token.state is TokenState.REVOKED
    assert token.revoked_by_id == ann.id
    for _ in range(2):
        token.reinstate()
    assert token.is_alive
    assert token.revoked_by_id is None
    db.session.commit()
    actions = db.session.scalars(select(Event.action).where(Event.action.startswith("token_"))).all()
    assert sorted(actions) == ["token_created", "token_reinstated", "token_revoked"]


def test_an_ended_one_is_remembered_for_a_while(made, ann):
    token, _ = made
    other, _ = ApiToken.make(ann, name="Other", scopes=[], expires_at=None)
    token.revoke(by=ann)
    db.session.commit()
    assert ApiToken.forget_ended(clock.now() + timedelta(days=89)) == 0
    assert ApiToken.forget_ended(clock.now() + timedelta(days=91)) == 1
    assert db.session.scalars(ApiToken.of(ann)).all() == [other]


def test_offers_only_the_scopes_with_which_the_person_could_do_anything(rea, ann, ada):
    assert scopes_for(rea) == [Scope.ACCOUNT_READ, Scope.ACCOUNT_WRITE]
    assert Scope.INBOX_READ not in scopes_for(ann)
    assert Scope.CONTENT_PUBLISH in scopes_for(ann)
    assert scopes_for(ada) == list(Scope)
