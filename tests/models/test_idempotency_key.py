from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import ApiToken, IdempotencyKey, Scope

ANSWER = {"fingerprint": "f" * 64, "status": 201, "headers": {"Location": "/x"}, "body": '{"id": 7}'}


@pytest.fixture
def token(ann):
    return ApiToken.make(ann, name="Deploy", scopes=[Scope.CONTENT_WRITE], expires_at=None)[0]


def test_an_answer_is_kept_for_a_day_under_the_token_s_key(token, ann):
    other, _ = ApiToken.make(ann, name="Other", scopes=[], expires_at=None)
    IdempotencyKey.keep(token, "a key", **ANSWER)
    db.session.commit()
    kept = IdempotencyKey.find(token, "a key")
    assert (kept.status, kept.headers, kept.body) == (201, {"Location": "/x"}, '{"id": 7}')
    assert "a key" not in repr(vars(kept))
    assert IdempotencyKey.find(token, "another") is None
    assert IdempotencyKey.find(other, "a key") is None
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1), tick=False):
        assert IdempotencyKey.find(token, "a key") is None
        IdempotencyKey.keep(token, "a key", **{**ANSWER, "status": 409})
        assert IdempotencyKey.find(token, "a key").status == 409


def test_a_key_is_taken_once(token):
    IdempotencyKey.keep(token, "a key", **ANSWER)
    with pytest.raises(IntegrityError):
        IdempotencyKey.keep(token, "a key", **ANSWER)


def test_old_answers_are_thrown_away_and_all_go_with_the_token(token):
    IdempotencyKey.keep(token, "a key", **ANSWER)
    db.session.commit()
    assert IdempotencyKey.forget_old(clock.now() + timedelta(hours=23)) == 0
    assert IdempotencyKey.forget_old(clock.now() + timedelta(hours=25)) == 1
    IdempotencyKey.keep(token, "a key", **ANSWER)
    db.session.delete(token)
    db.session.flush()
    assert db.session.query(IdempotencyKey).count() == 0
