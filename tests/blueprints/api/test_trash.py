"""The trash for programs."""

from broadsheet.extensions import db
from broadsheet.models import Post, Scope, Site
from broadsheet.models.content import State
from problems import problem_of


def test_a_post_is_taken_back_from_the_trash(anns, post):
    assert anns.delete(f"/posts/{post.id}").status_code == 204
    assert [one["id"] for one in anns.get("/posts?state=trashed").json["items"]] == [post.id]
    for _ in range(2):
        assert anns.post(f"/posts/{post.id}/recovery").json["state"] == "published"


def test_what_was_published_comes_back_only_by_whoever_may_publish(anns, token_for, ann, post):
    post.trash()
    db.session.commit()
    problem_of(token_for(ann, Scope.CONTENT_WRITE).post(f"/posts/{post.id}/recovery"), 403)
    Site.load().change(authors_publish=False)
    db.session.commit()
    problem_of(anns.post(f"/posts/{post.id}/recovery"), 403)
    assert post.state == State.TRASHED


def test_only_what_is_in_the_trash_is_deleted_for_good(anns, eds, post):
    id = post.id
    said = problem_of(eds.delete(f"/trash/posts/{id}"), 409)
    assert f"DELETE /api/v1/posts/{id}" in said["detail"]
    eds.delete(f"/posts/{id}")
    problem_of(anns.delete(f"/trash/posts/{id}"), 403)
    seen = {"If-Match": eds.get(f"/posts/{id}").headers["ETag"]}
    assert eds.delete(f"/trash/posts/{id}", headers=seen).status_code == 204
    assert db.session.scalar(db.select(Post)) is None
    problem_of(eds.delete(f"/trash/posts/{id}"), 404)
