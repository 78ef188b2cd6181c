"""Reviews for programs."""

from broadsheet.extensions import db
from broadsheet.models import Site
from problems import problem_of


def test_a_draft_is_sent_returned_and_published(anns, eds, draft):
    Site.load().change(authors_publish=False)
    db.session.commit()
    sent = anns.post(f"/posts/{draft.id}/reviews", json={"question": "Fair?"})
    assert (sent.status_code, sent.json["outcome"]) == (201, None)
    assert anns.get(sent.headers["Location"]).json == sent.json
    assert anns.get(f"/posts/{draft.id}").json["state"] == "in_review"
    returned = eds.post(f"/posts/{draft.id}/reviews/return", json={"answer": "Not yet."}).json
    assert (returned["outcome"], returned["answer"], returned["decided_by"]["username"]) == (
        "returned",
        "Not yet.",
        "ed",
    )
    anns.post(f"/posts/{draft.id}/reviews")
    eds.put(f"/posts/{draft.id}/publication")
    outcomes = [one["outcome"] for one in anns.get(f"/posts/{draft.id}/reviews").json["items"]]
    assert outcomes == ["published", "returned"]


def test_it_is_taken_back_from_review(eds, page):
    eds.patch(f"/pages/{page.id}", json={"title": "Changed"})
    assert eds.post(f"/pages/{page.id}/reviews", json={}).status_code == 201
    assert eds.post(f"/pages/{page.id}/reviews/withdrawal").json["outcome"] == "withdrawn"
    problem_of(eds.post(f"/pages/{page.id}/reviews/withdrawal"), 409)


def test_what_readers_see_already_is_not_reviewed(anns, post):
    said = problem_of(anns.post(f"/posts/{post.id}/reviews", json={}), 409)
    assert "nothing to review" in said["detail"]


def test_only_an_editor_returns_and_says_why(anns, eds, draft):
    problem_of(eds.post(f"/posts/{draft.id}/reviews/return", json={"answer": "No."}), 409)
    anns.post(f"/posts/{draft.id}/reviews", json={})
    problem_of(anns.post(f"/posts/{draft.id}/reviews/return", json={"answer": "No."}), 403)
    said = problem_of(eds.post(f"/posts/{draft.id}/reviews/return", json={}), 422)
    assert said["errors"][0]["pointer"] == "/answer"
    said = problem_of(anns.post(f"/posts/{draft.id}/reviews", json={"title": "x"}), 422)
    assert said["errors"][0]["pointer"] == "/title"
