"""Tags and series for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Post, Scope, Series, Tag
from problems import problem_of

KINDS = {"tags": Tag, "series": Series}


@pytest.fixture
def harbour(app):
    """A tag and a series that no post has."""
    made = {many: kind.create(name="Harbour", description="*Ships*.") for many, kind in KINDS.items()}
    db.session.commit()
    return made


@pytest.mark.parametrize("many", KINDS)
def test_a_topic_is_made_changed_and_deleted(eds, many):
    made = eds.post(f"/{many}", json={"name": "Old town", "description": "*Walls*."})
    assert (made.status_code, made.json["slug"], made.json["html"]) == (
        201,
        "old-town",
        "<p><em>Walls</em>.</p>\n",
    )
    address = made.headers["Location"]
    changed = eds.patch(address, json={"name": "Town"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.json["slug"], changed.json["description"]) == ("town", "*Walls*.")
    late = eds.patch(address, json={"name": "x"}, headers={"If-Match": made.headers["ETag"]})
    assert problem_of(late, 412)
    assert eds.put(address, json={"name": "Town"}).json["description"] == ""
    assert eds.delete(address).status_code == 204
    assert problem_of(eds.get(address), 404)


@pytest.mark.parametrize("many", KINDS)
def test_readers_find_only_topics_of_posts_that_they_find(stranger, token_for, ann, post, harbour, many):
    post.series = Series.create(name="Tales")
    db.session.commit()
    shown = stranger.get(f"/{many}").json["items"]
    assert [(one["public_posts"], one["all_posts"]) for one in shown] == [(1, None)]
    assert problem_of(stranger.get(f"/{many}/{harbour[many].id}"), 404)
    assert problem_of(token_for(ann, Scope.MEDIA_READ).get(f"/{many}/{harbour[many].id}"), 404)
    assert token_for(ann, Scope.CONTENT_READ).get(f"/{many}/{harbour[many].id}").json["name"] == "Harbour"


def test_an_editor_is_told_of_all_posts_and_finds_what_is_unused(eds, anns, post, draft, harbour):
    draft.tags = [post.tags[0]]
    db.session.commit()
    notes = {"public_posts": 1, "all_posts": 2}
    assert eds.get(f"/tags/{post.tags[0].id}?fields=public_posts,all_posts").json == notes
    assert anns.get(f"/tags/{post.tags[0].id}").json["all_posts"] is None
    assert [one["name"] for one in eds.get("/tags?unused=true").json["items"]] == ["Harbour"]
    assert [one["name"] for one in eds.get("/tags?q=ships").json["items"]] == ["Harbour"]
    assert problem_of(eds.get("/tags?unused=perhaps"), 400)["errors"][0]["parameter"] == "unused"


def test_a_list_of_topics_asks_the_same_number_of_questions_however_long_it_is(eds, queries):
    counts = []
    for number in range(3):
        Tag.create(name=f"Tag {number}")
    db.session.commit()
    eds.get("/tags")  # what is asked once in a process
    for limit in (1, 3):
        with queries() as asked:
            eds.get(f"/tags?limit={limit}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_wrong_with_a_topic_is_said(eds, harbour):
    said = problem_of(eds.post("/tags", json={"name": "harbour"}), 422)
    assert said["errors"][0]["pointer"] == "/name"
    assert problem_of(eds.post("/series", json={"slug": "x"}), 422)["errors"][0]["pointer"] == "/name"
    assert problem_of(eds.post("/tags", json={"name": "a, b"}), 422)


def test_a_tag_that_posts_have_is_not_deleted(eds, post):
    assert problem_of(eds.delete(f"/tags/{post.tags[0].id}"), 409)
    assert [tag.name for tag in post.tags] == ["Notes"]


def test_tags_are_merged_and_parted(eds, anns, post, harbour):
    notes, other = post.tags[0].id, harbour["tags"].id
    assert anns.post(f"/tags/{notes}/merge", json={"into": other}).status_code == 403
    for into in (notes, 999, None, 2**70, -(2**70)):
        said = problem_of(eds.post(f"/tags/{notes}/merge", json={"into": into}), 422)
        assert said["errors"][0]["pointer"] == "/into"
    done = eds.post(f"/tags/{notes}/merge", json={"into": other}).json
    assert (done["posts"], done["into"]["name"]) == (1, "Harbour")
    assert eds.get(f"/tags/{other}").json["public_posts"] == 1
    assert [tag.name for tag in db.session.get(Post, post.id).tags] == ["Harbour"]
    assert problem_of(eds.delete(f"/tags/999/merge/{done['id']}"), 404)
    back = eds.delete(f"/tags/{other}/merge/{done['id']}")
    assert (back.json["name"], [tag.name for tag in post.tags]) == ("Notes", ["Notes"])
    assert problem_of(eds.delete(f"/tags/{other}/merge/{done['id']}"), 409)


def test_a_series_is_put_in_order(eds, anns, post, draft, harbour):
    post.series = draft.series = harbour["series"]
    db.session.commit()
    address = f"/series/{harbour['series'].id}/order"
    seen = eds.get(address)
    assert {one["id"]: one["place"] for one in seen.json["posts"]} == {post.id: None, draft.id: None}
    assert anns.get(address).status_code == 403
    places = [{"id": draft.id, "place": 1}, {"id": post.id, "place": 2}]
    put = eds.put(address, json={"posts": places}, headers={"If-Match": seen.headers["ETag"]})
    assert [(one["id"], one["place"]) for one in put.json["posts"]] == [(draft.id, 1), (post.id, 2)]
    assert problem_of(
        eds.put(address, json={"posts": places}, headers={"If-Match": seen.headers["ETag"]}), 412
    )
    eds.put(address, json={"posts": places[1:]})
    assert (post.series_position, draft.series_position) == (2, None)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "/posts"),
        ({"posts": [{"id": 999, "place": 1}]}, "/posts/0/id"),
        ({"posts": [{"id": 1, "place": 1}, {"id": 1, "place": 2}]}, "/posts/1/id"),
        ({"posts": [{"id": 1, "place": 0}]}, "/posts/0/place"),
        ({"posts": [{"id": 2**70, "place": 1}]}, "/posts/0/id"),
        ({"posts": [{"id": 1, "place": -(2**70)}]}, "/posts/0/place"),
        ({"posts": [{"id": 1, "place": "first"}]}, "/posts/0/place"),
    ],
)
def test_an_order_that_cannot_be_is_refused(eds, post, harbour, sent, pointer):
    post.series = harbour["series"]
    db.session.commit()
    assert post.id == 1
    said = problem_of(eds.put(f"/series/{harbour['series'].id}/order", json=sent), 422)
    assert said["errors"][0]["pointer"] == pointer
    assert post.series_position is None


def test_remarks_in_a_description_are_not_told_to_strangers(stranger, anns, eds, post):
    tag = post.tags[0]
    tag.description = "Ships.<!-- Merge it. -->"
    db.session.commit()
    for reader in (stranger, anns):
        assert reader.get(f"/tags/{tag.id}").json["description"] == "Ships."
        assert "Merge" not in reader.get("/tags").text
    assert eds.get(f"/tags/{tag.id}").json["description"] == tag.description


def test_what_readers_see_at_once_needs_the_scope_to_publish(token_for, ed, harbour):
    writer, publisher = (token_for(ed, one) for one in (Scope.CONTENT_WRITE, Scope.CONTENT_PUBLISH))
    assert writer.post("/tags", json={"name": "New"}).status_code == 201
    for many, topic in harbour.items():
        address = f"/{many}/{topic.id}"
        for method, at in [("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/merge"), ("PUT", "/order")]:
            if (many, at) not in {("tags", "/order"), ("series", "/merge")}:
                said = problem_of(writer.open(address + at, method=method, json={"name": "x"}), 403)
                assert "content:publish" in said["detail"]
        assert publisher.patch(address, json={"description": "x"}).status_code == 200
