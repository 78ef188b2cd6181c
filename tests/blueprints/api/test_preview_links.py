"""Preview links for programs."""

from datetime import timedelta

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import PreviewLink
from problems import problem_of


def test_a_link_shows_a_draft_until_it_is_revoked(anns, client, draft):
    made = anns.post(f"/posts/{draft.id}/preview-links", json={"label": "Vic", "may_note": True})
    assert (made.status_code, made.json["state"], made.json["may_note"]) == (201, "open", True)
    assert made.headers["Cache-Control"] == "no-store"
    assert client.get(made.json["url"]).status_code == 200
    address = made.headers["Location"]
    assert "url" not in anns.get(address).json
    assert "url" not in anns.get(f"/posts/{draft.id}/preview-links").json["items"][0]
    for _ in range(2):
        assert anns.put(f"{address}/revocation").json["state"] == "revoked"
    assert client.get(made.json["url"]).status_code == 410
    assert anns.delete(f"{address}/revocation").status_code == 204
    assert client.get(made.json["url"]).status_code == 200


def test_a_retry_makes_no_second_link_and_is_not_told_the_address(anns, draft):
    send = lambda: anns.post(  # noqa: E731
        f"/posts/{draft.id}/preview-links", headers={"Idempotency-Key": "k1"}
    )
    assert send().status_code == 201
    problem_of(send(), 409)
    assert db.session.scalar(db.select(db.func.count()).select_from(PreviewLink)) == 1


def test_a_link_ends_when_it_is_told_to(eds, page):
    at = (clock.now() + timedelta(days=3)).isoformat()
    revision = page.latest_revision().id
    sent = {"expires_at": at, "revision": str(revision)}
    said = eds.post(f"/pages/{page.id}/preview-links", json=sent).json
    assert said["revision_id"] == revision
    assert db.session.get(PreviewLink, said["id"]).expires_at.isoformat() == at


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"lifetime": "until"}, "/expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"lifetime": "99"}, "/lifetime"),
        ({"revision": "999"}, "/revision"),
        ({"may_note": "yes"}, "/may_note"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_place(anns, draft, sent, pointer):
    said = problem_of(anns.post(f"/posts/{draft.id}/preview-links", json=sent), 422)
    assert said["errors"][0]["pointer"] == pointer
    assert db.session.scalar(db.select(PreviewLink)) is None


def test_a_link_to_another_text_is_not_reached(anns, ann, draft, post):
    link = PreviewLink.create(post, by=ann, expires_at=clock.now() + timedelta(days=1))
    db.session.commit()
    for method in ("put", "delete"):
        problem_of(getattr(anns, method)(f"/posts/{draft.id}/preview-links/{link.id}/revocation"), 404)
    problem_of(anns.get(f"/posts/{draft.id}/preview-links/{link.id}"), 404)
