"""Publications for programs."""

from datetime import timedelta

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Scope, Site
from broadsheet.models.content import State
from problems import problem_of


def moment(**ahead):
    return (clock.now() + timedelta(**ahead)).isoformat()


def test_a_draft_is_published_and_taken_back(anns, stranger, draft):
    said = anns.put(f"/posts/{draft.id}/publication").json
    assert (said["state"], said["url"]) == ("published", f"http://localhost{draft.path}")
    at = said["published_at"]
    assert stranger.get(f"/posts/{draft.id}").status_code == 200
    again = anns.put(f"/posts/{draft.id}/publication", json={}).json
    assert (again["published_at"], again["version"]) == (at, said["version"])
    for _ in range(2):
        assert anns.delete(f"/posts/{draft.id}/publication").status_code == 204
    assert stranger.get(f"/posts/{draft.id}").status_code == 404
    assert anns.get(f"/posts/{draft.id}/publication").json["state"] == "draft"


def test_a_page_is_published_as_well(eds, page):
    page.unpublish()
    db.session.commit()
    assert eds.put(f"/pages/{page.id}/publication").json["state"] == "published"


def test_a_draft_is_scheduled_and_ends(anns, draft):
    times = {"published_at": moment(days=1), "expires_at": moment(days=2)}
    said = anns.put(f"/posts/{draft.id}/publication", json=times).json
    assert said["state"] == draft.state == State.SCHEDULED
    now = anns.put(f"/posts/{draft.id}/publication", json={"published_at": None}).json
    assert now["state"] == "published"
    assert draft.expires_at.isoformat() == times["expires_at"]
    ended = anns.put(f"/posts/{draft.id}/publication", json={"expires_at": None}).json
    assert (ended["expires_at"], draft.expires_at) == (None, None)


def test_held_changes_are_released(anns, stranger, post):
    anns.patch(f"/posts/{post.id}", json={"title": "Better"})
    assert anns.get(f"/posts/{post.id}/publication").json["has_held_changes"] is True
    said = anns.put(f"/posts/{post.id}/publication").json
    assert (said["has_held_changes"], said["shown_version"]) == (False, said["version"])
    assert stranger.get(f"/posts/{post.id}").json["title"] == "Better"


def test_held_changes_are_given_up(anns, post):
    anns.patch(f"/posts/{post.id}", json={"title": "Worse"})
    for _ in range(2):
        assert anns.delete(f"/posts/{post.id}/held-changes").status_code == 204
    assert anns.get(f"/posts/{post.id}").json["title"] == "A published post"
    assert post.version == 3


def test_what_readers_would_stumble_over_is_told_and_forbids_nothing(anns, draft):
    anns.patch(f"/posts/{draft.id}", json={"body": "[There](/nowhere)."})
    answer = anns.put(f"/posts/{draft.id}/publication")
    assert [(one["kind"], one["field"]) for one in answer.json["concerns"]] == [("broken_link", "body")]
    seen = anns.get(f"/posts/{draft.id}/publication")
    assert (seen.json["state"], seen.json["concerns"]) == ("published", [])
    assert seen.headers["ETag"] == answer.headers["ETag"]


def test_who_has_not_seen_the_newest_save_does_not_publish_it(anns, draft):
    seen = {"If-Match": anns.get(f"/posts/{draft.id}/publication").headers["ETag"]}
    anns.patch(f"/posts/{draft.id}", json={"body": "More."})
    problem_of(anns.put(f"/posts/{draft.id}/publication", headers=seen), 412)
    assert draft.state == State.DRAFT


def test_who_may_not_publish_is_told_what_to_do(anns, eds, draft):
    Site.load().change(authors_publish=False)
    db.session.commit()
    said = problem_of(anns.put(f"/posts/{draft.id}/publication"), 403)
    assert "Send it for review" in said["detail"]
    assert eds.put(f"/posts/{draft.id}/publication").status_code == 200
    problem_of(anns.delete(f"/posts/{draft.id}/publication"), 403)


def test_a_token_that_only_writes_changes_nothing_that_readers_see(token_for, ann, draft, post):
    program = token_for(ann, Scope.CONTENT_WRITE)
    for answer in (program.put(f"/posts/{draft.id}/publication"), program.delete(f"/posts/{post.id}")):
        assert "content:publish" in problem_of(answer, 403)["detail"]
    assert (draft.state, post.state) == (State.DRAFT, State.PUBLISHED)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"title": "x"}, "/title"),
        ({"version": 1}, "/version"),
        ({"published_at": "soon"}, "/published_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_place(anns, draft, sent, pointer):
    said = problem_of(anns.put(f"/posts/{draft.id}/publication", json=sent), 422)
    assert said["errors"][0]["pointer"] == pointer
    assert draft.state == State.DRAFT


def test_readers_need_a_title(anns, draft):
    anns.patch(f"/posts/{draft.id}", json={"title": ""})
    said = problem_of(anns.put(f"/posts/{draft.id}/publication"), 422)
    assert said["errors"][0]["pointer"] == "/title"


# -- pins


def test_a_post_is_pinned(eds, anns, post):
    assert eds.put(f"/posts/{post.id}/pin").json["pinned"] is True
    problem_of(anns.delete(f"/posts/{post.id}/pin"), 403)
    assert eds.delete(f"/posts/{post.id}/pin").status_code == 204
    assert post.pinned is False
