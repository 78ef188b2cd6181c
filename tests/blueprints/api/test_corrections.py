"""Corrections for programs."""

from broadsheet.extensions import db
from broadsheet.models import Scope, Site
from problems import problem_of


def test_a_correction_is_told_to_readers_and_deleted(anns, stranger, post):
    made = anns.post(f"/posts/{post.id}/corrections", json={"correction": "It was *1879*."})
    address = made.headers["Location"]
    assert (made.status_code, made.json["html"]) == (201, "<p>It was <em>1879</em>.</p>\n")
    assert stranger.get(f"/posts/{post.id}/corrections").json["items"] == [made.json]
    assert stranger.get(address).json == made.json
    assert anns.delete(address).status_code == 204
    assert stranger.get(f"/posts/{post.id}/corrections").json["items"] == []


def test_corrections_of_a_draft_are_hidden_from_strangers(anns, stranger, draft):
    anns.post(f"/posts/{draft.id}/corrections", json={"correction": "Wrong."})
    problem_of(stranger.get(f"/posts/{draft.id}/corrections"), 404)


def test_only_who_may_publish_corrects(anns, token_for, ann, post):
    problem_of(token_for(ann, Scope.CONTENT_WRITE).post(f"/posts/{post.id}/corrections", json={}), 403)
    made = anns.post(f"/posts/{post.id}/corrections", json={"correction": "It was Tuesday."})
    Site.load().change(authors_publish=False)
    db.session.commit()
    problem_of(anns.post(f"/posts/{post.id}/corrections", json={"correction": "No."}), 403)
    problem_of(anns.delete(made.headers["Location"]), 403)


def test_a_correction_says_something(anns, post):
    said = problem_of(anns.post(f"/posts/{post.id}/corrections", json={}), 422)
    assert said["errors"][0]["pointer"] == "/correction"


def test_remarks_in_a_correction_are_not_told_to_strangers(anns, stranger, post):
    address = anns.post(
        f"/posts/{post.id}/corrections", json={"correction": "It was 1879.<!-- Says Cora. -->"}
    ).headers["Location"]
    assert stranger.get(address).json["correction"] == "It was 1879."
    assert "Cora" not in stranger.get(f"/posts/{post.id}/corrections").text
    assert "Cora" in anns.get(address).json["correction"]
