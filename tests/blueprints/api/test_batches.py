"""Several calls in one."""

import pytest

from broadsheet.blueprints.api import batches
from broadsheet.extensions import db
from broadsheet.models import Event, Post, Scope, Tag
from problems import problem_of
from program import API, program

NEW = {"method": "POST", "path": f"{API}/posts", "body": {"title": "From a batch"}}


def done(program, *requests, **options):
    answer = program.post("/batches", json={"requests": requests}, **options)
    assert answer.status_code == 200, answer.text
    return answer.json["answers"]


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_each_call_is_done_and_told_of(anns, ann, draft):
    new, read, bad, gone = done(
        anns,
        NEW,
        {"method": "GET", "path": f"{API}/posts?limit=1&fields=id,title"},
        {"method": "PATCH", "path": f"{API}/posts/{draft.id}", "body": {"title": 7}},
        {"method": "DELETE", "path": f"{API}/posts/{draft.id}"},
    )
    assert (new["status"], new["headers"]["Location"][-1]) == (201, str(new["body"]["id"]))
    assert read["body"]["items"] == [{"id": new["body"]["id"], "title": "From a batch"}]
    assert (bad["status"], bad["body"]["errors"][0]["pointer"]) == (422, "/title")
    assert (gone["status"], gone["body"]) == (204, None)
    assert draft.trashed_at
    assert db.session.scalars(db.select(Event.actor_id)).all()[-1] == ann.id


def test_no_call_leaves_anything_to_the_next_or_to_the_batch(anns):
    read = {"method": "GET", "path": f"{API}/posts"}
    answer = anns.post("/batches", json={"requests": [read, read, NEW]})
    ids = [one["headers"]["X-Request-ID"] for one in answer.json["answers"]]
    assert len({answer.headers["X-Request-ID"], *ids}) == 4


def test_a_state_may_be_demanded_of_each(anns, draft):
    seen = anns.get(f"/posts/{draft.id}").headers["ETag"]
    change = {"method": "PATCH", "path": f"{API}/posts/{draft.id}", "headers": {"If-Match": seen}}
    first, second = done(anns, change | {"body": {"title": "One"}}, change | {"body": {"title": "Two"}})
    assert (first["status"], second["status"], draft.title) == (200, 412, "One")


def test_nothing_is_done_that_the_token_may_not(token_for, ann, post):
    reader = token_for(ann, Scope.CONTENT_READ)
    refused, read = done(
        reader,
        {"method": "DELETE", "path": f"{API}/posts/{post.id}"},
        {"method": "GET", "path": f"{API}/posts"},
    )
    assert (refused["status"], read["status"], post.trashed_at) == (403, 200, None)
    assert "insufficient_scope" in refused["headers"]["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/desk/posts", "https://a.example/api/v1/posts", f"{API}", 7, f"{API}/\0"])
def test_it_leads_nowhere_but_into_the_api(anns, path):
    answer = anns.post("/batches", json={"requests": [NEW, NEW | {"path": path}]})
    assert problem_of(answer, 422)["errors"][0]["pointer"] == "/requests/1/path"
    assert count(Post) == 0


@pytest.mark.parametrize("path", [f"{API}/../../desk/posts", f"{API}/%2e%2e/%2e%2e/desk"])
def test_no_way_leads_out_of_the_api(adas, path):
    assert done(adas, {"method": "GET", "path": path})[0]["status"] == 404


def test_a_batch_holds_no_other_and_no_more_than_its_most(anns):
    inner = {"method": "POST", "path": f"{API}//batches", "body": {"requests": [NEW]}}
    for path in (f"{API}/batches", f"{API}//batches", f"{API}/%62atches"):
        assert done(anns, inner | {"path": path})[0]["status"] in (400, 308)
    for requests in ([], [NEW] * 51, "x", None):
        problem_of(anns.post("/batches", json={"requests": requests}), 422)
    assert count(Post) == 0


def test_a_batch_sent_again_does_nothing_again(anns):
    headers = {"Idempotency-Key": "k"}
    first = done(anns, NEW, NEW, headers=headers)
    again = done(anns, NEW, NEW, {"method": "GET", "path": f"{API}/tags"}, headers=headers)
    assert [one["body"]["id"] for one in first] == [one["body"]["id"] for one in again[:2]]
    assert again[0]["headers"]["Idempotent-Replayed"] == "true"
    assert (count(Post), again[2]["status"]) == (2, 200)


def test_a_key_of_a_batch_is_one_that_can_be_kept(anns):
    answer = anns.post("/batches", json={"requests": [NEW]}, headers={"Idempotency-Key": ""})
    assert (answer.status_code, answer.json["errors"][0]["header"]) == (400, "Idempotency-Key")
    assert count(Post) == 0


def test_each_call_counts_for_the_limits(make_app):
    app = make_app(BROADSHEET_RATE_LIMITS="on", BROADSHEET_API_WRITES="3")
    from broadsheet.models import Role
    from stage import person

    with app.app_context():
        writer = program(app, person("Ada Admin", Role.ADMIN))
        make = [{"method": "POST", "path": f"{API}/tags", "body": {"name": f"Tag {n}"}} for n in range(3)]
        answers = done(writer, *make)
        assert [one["status"] for one in answers] == [201, 201, 429]
        assert answers[2]["headers"]["Retry-After"]
        assert count(Tag) == 2


def test_when_the_answers_are_too_large_nothing_more_is_done(anns, draft, monkeypatch):
    alone = len(anns.get(f"/posts/{draft.id}").data)
    monkeypatch.setattr(batches, "LARGEST", int(alone * 1.5))
    read = {"method": "GET", "path": f"{API}/posts/{draft.id}"}
    before = count(Post)
    whole, cut, new = done(anns, read, read, NEW)
    assert (whole["status"], whole["body"]["id"]) == (200, draft.id)
    assert (cut["status"], "too large" in cut["body"]["detail"]) == (413, True)
    assert (new["status"], "was not done" in new["body"]["detail"]) == (413, True)
    assert count(Post) == before


def test_what_was_written_is_told_however_large_it_is(anns, monkeypatch):
    monkeypatch.setattr(batches, "LARGEST", 1)
    first, second = done(anns, NEW, NEW)
    assert (first["status"], second["status"], count(Post)) == (201, 413, 1)


def test_nobody_keeps_what_it_tells(anns):
    answer = anns.post("/batches", json={"requests": [NEW]})
    assert answer.headers["Cache-Control"] == "no-store"
