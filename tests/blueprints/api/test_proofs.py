"""Proofs for programs."""

from broadsheet.extensions import db
from broadsheet.models import Post, Role
from problems import problem_of
from program import program
from stage import person


def test_a_text_is_shown_as_readers_would_see_it_and_not_stored(anns):
    body = "## First\n\nSome *text* and ![](/nowhere.png)."
    said = anns.post("/proofs", json={"body": body}).json
    assert "<em>text</em>" in said["html"]
    assert said["contents"] == [{"id": "first", "title": "First", "level": 2}]
    assert said["undescribed"] == ["/nowhere.png"]
    assert db.session.scalar(db.select(Post)) is None


def test_what_cannot_be_shown_is_told(anns):
    said = anns.post("/proofs", json={"body": "```chart\nbar\n```"}).json
    assert said["troubles"]


def test_what_is_no_text_is_refused(anns):
    assert problem_of(anns.post("/proofs", json={"body": 1}), 422)["errors"][0]["pointer"] == "/body"
    assert problem_of(anns.post("/proofs", json={"title": "x"}), 422)["errors"][0]["pointer"] == "/title"


def test_proofs_are_not_made_without_end(limited_client, monkeypatch):
    monkeypatch.setattr("broadsheet.web.limits.PREVIEWS", "1 per hour")
    asking = program(limited_client.application, person("Ann Author", Role.AUTHOR))
    assert asking.post("/proofs", json={"body": "x"}).status_code == 200
    answer = asking.post("/proofs", json={"body": "x"})
    problem_of(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0
