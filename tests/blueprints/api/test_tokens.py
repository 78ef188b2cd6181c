"""One's own tokens for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import ApiToken, Scope
from problems import problem_of


@pytest.fixture
def other(ann):
    """Another token of Ann's."""
    token, _ = ApiToken.make(ann, name="Other", scopes=[Scope.CONTENT_READ], expires_at=None)
    db.session.commit()
    db.session.rollback()
    return token


def test_a_token_tells_whose_it_is_and_what_it_is_good_for(token_for, rea):
    answer = token_for(rea, Scope.MEDIA_READ).get("/tokens/current")
    assert (answer.json["username"], answer.json["scopes"]) == ("rea", ["media:read"])
    assert (answer.json["state"], answer.json["expires_at"]) == ("alive", None)
    assert "token_hash" not in answer.text


def test_ones_own_are_listed_and_read(token_for, ann, ben, other):
    program = token_for(ann, Scope.ACCOUNT_READ)
    assert [one["name"] for one in program.get("/tokens").json["items"]] == ["test", "Other"]
    assert program.get(f"/tokens/{other.id}").json["last_four"] == other.last_four
    assert problem_of(token_for(ben).get(f"/tokens/{other.id}"), 404)


def test_ones_own_are_revoked(token_for, ann, ben, other):
    assert problem_of(token_for(ben).delete(f"/tokens/{other.id}"), 404)
    assert problem_of(token_for(ann, Scope.ACCOUNT_READ).delete(f"/tokens/{other.id}"), 403)
    assert other.is_alive
    for _ in range(2):
        assert token_for(ann, Scope.ACCOUNT_WRITE).delete(f"/tokens/{other.id}").status_code == 204
    assert (other.is_alive, other.revoked_by_id) == (False, ann.id)


def test_any_token_ends_itself(token_for, ann, other):
    program = token_for(ann, Scope.MEDIA_READ)
    assert program.delete("/tokens/current").status_code == 204
    assert "was revoked" in problem_of(program.get("/tokens/current"), 401)["detail"]
    assert other.is_alive


def test_no_token_makes_another(token_for, ann):
    assert problem_of(token_for(ann).post("/tokens", json={"name": "More"}), 405)
    assert problem_of(token_for(ann).get("/tokens", headers={"Authorization": ""}), 401)


def test_an_admin_revokes_all_of_somebody_s(adas, ada, ann, other):
    assert adas.delete(f"/people/{ann.id}/tokens").status_code == 204
    assert (other.is_alive, other.revoked_by_id) == (False, ada.id)
    assert problem_of(adas.delete(f"/people/{ada.id}/tokens"), 403)
