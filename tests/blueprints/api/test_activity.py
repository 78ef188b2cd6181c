"""The audit log, the errors and the links to other sites for programs."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib.error_log import Problem
from broadsheet.models import Event, OutgoingAddress


def told(answer):
    return [(one["action"], one["subject_label"]) for one in answer.json["items"]]


def test_what_was_done_is_told_and_narrowed(adas, eds, ada, ann, post):
    adas.patch(f"/people/{ann.id}", json={"bio": "x"})
    newest = adas.get("/activity").json["items"][0]
    assert (newest["action"], newest["subject_kind"], newest["subject_id"]) == (
        "person_changed",
        "user",
        ann.id,
    )
    assert (newest["actor_id"], newest["actor_name"], newest["address"]) == (ada.id, "Ada Admin", "127.0.0.1")
    assert newest == adas.get(f"/activity/{newest['id']}").json
    assert told(adas.get("/activity?what=post_published")) == [("post_published", "A published post")]
    assert told(adas.get(f"/activity?who={ada.id}&q=ann")) == [("person_changed", "Ann Author")]
    assert ("post_published", "A published post") in told(adas.get("/activity?who=0"))
    assert told(adas.get(f"/activity?since={newest['at']}")) == [("person_changed", "Ann Author")]
    assert told(adas.get(f"/activity?until={newest['at']}&what=person_changed")) == []
    assert eds.get("/activity").status_code == 403


@pytest.mark.parametrize("query", ["who=ann", "what=nonsense", "since=today", "until=2027-05-31T09:00"])
def test_a_filter_that_means_nothing_is_refused_by_name(adas, query):
    answer = adas.get(f"/activity?{query}")
    assert answer.status_code == 400
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


def test_no_secret_stands_in_the_log(adas, ada):
    sent = {"email": "new@example.org", "own_password": "correct horse battery"}
    link = adas.post("/invitations", json=sent).json["link"]
    log = adas.get("/activity?limit=100").text
    assert "new@example.org" in log
    assert link.rpartition("/")[2] not in log
    assert adas.token not in log
    assert ada.password_hash not in log


def test_pages_of_the_log_follow_each_other(adas, draft, post):
    first = adas.get("/activity?limit=2")
    second = adas.get(first.json["next"])
    every = list(db.session.scalars(select(Event.id).order_by(Event.id.desc()).limit(4)))
    assert [one["id"] for answer in (first, second) for one in answer.json["items"]] == every


def test_what_went_wrong_is_found_by_its_reference(app, adas, eds):
    errors = app.extensions["broadsheet_errors"]
    for number in range(3):
        trace = f"Traceback\n  line\nRuntimeError: {number}\n"
        errors.add(Problem(datetime(2027, 1, 1, tzinfo=UTC), "site", "GET / failed", f"{number:016x}", trace))
    listed = adas.get("/errors?limit=2").json["items"]
    assert [one["cause"] for one in listed] == ["RuntimeError: 2", "RuntimeError: 1"]
    assert "trace" not in listed[0]
    wanted = adas.get(f"/errors?request_id={0:016x}&fields=trace").json["items"]
    assert wanted == [{"trace": "Traceback\n  line\nRuntimeError: 0\n"}]
    assert adas.get("/errors?request_id=").json["items"] == []
    assert eds.get("/errors").status_code == 403


@pytest.fixture
def links(post, ann):
    """One that is dead, and one that nobody has looked at."""
    post.revise(by=ann, body="[x](https://gone.example/) [y](https://new.example/)")
    db.session.flush()
    gone, new = db.session.scalars(select(OutgoingAddress).order_by(OutgoingAddress.url))
    for _ in range(4):
        gone.failed("There is nothing any more (404).", 404)
    gone.dead_since = gone.failing_since
    db.session.commit()
    return gone, new


def test_links_to_other_sites_are_told_with_their_texts(eds, anns, links, post, queries):
    gone, _new = links
    every = {one["address"]: one for one in eds.get("/outgoing-links").json["items"]}
    assert [every[one.url]["state"] for one in links] == ["dead", "unknown"]
    assert every[gone.url]["texts"] == [{"kind": "post", "id": post.id, "title": post.title}]
    listed = eds.get("/outgoing-links?state=dead").json["items"]
    assert [(one["id"], one["status"]) for one in listed] == [(gone.id, 404)]
    assert eds.get("/outgoing-links?state=odd").status_code == 400
    assert anns.get("/outgoing-links").status_code == 403
    with queries() as two:
        eds.get("/outgoing-links")
    with queries() as one:
        eds.get("/outgoing-links?limit=1")
    assert len(two) == len(one)


def test_a_link_is_looked_at_left_alone_and_heeded(eds, links, queries):
    gone, _new = links
    with queries() as asked:
        assert eds.post(f"/outgoing-links/{gone.id}/check").status_code == 202
    assert any(statement.startswith("INSERT INTO jobs") for statement in asked)
    for _ in range(2):
        assert eds.put(f"/outgoing-links/{gone.id}/ignored").json["state"] == "ignored"
    assert [one["id"] for one in eds.get("/outgoing-links?state=ignored").json["items"]] == [gone.id]
    for _ in range(2):
        assert eds.delete(f"/outgoing-links/{gone.id}/ignored").status_code == 204
    assert not gone.ignored
