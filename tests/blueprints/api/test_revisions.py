"""Revisions for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Reason
from problems import problem_of


@pytest.fixture
def rewritten(draft, ann, ed):
    """A draft by ann whose second line ed has changed."""
    draft.revise(by=ann, body="One.\nTwo.\nThree.")
    draft.revise(by=ed, title="Better title", body="One.\n*Second*.\nThree.")
    db.session.commit()
    return draft


def test_every_save_is_listed_with_who_and_why(anns, rewritten, ann, queries):
    address = f"/posts/{rewritten.id}/revisions"
    said = anns.get(address).json["items"]
    assert [(one["version"], one["reason"], one["author"]["username"]) for one in said] == [
        (3, "saved", "ed"),
        (2, "saved", "ann"),
        (1, "created", "ann"),
    ]
    assert "body" not in said[0]
    for number in range(5):
        rewritten.revise(by=ann, body=f"{number}.")
    db.session.commit()
    with queries() as few:
        anns.get(f"{address}?limit=1")
    with queries() as more:
        assert len(anns.get(address).json["items"]) == 8
    assert len(more) <= len(few)
    first = anns.get(f"{address}?limit=6")
    assert [one["version"] for one in anns.get(first.json["next"]).json["items"]] == [2, 1]


def test_an_autosave_is_its_writers_own(anns, eds, draft, ann):
    autosave = draft.autosave(
        by=ann, based_on=1, typed={}, title="T", slug="", summary="", body="Typed.", language=""
    )
    db.session.commit()
    asked = f"/posts/{draft.id}/revisions?reason=autosaved"
    assert [one["title"] for one in anns.get(asked).json["items"]] == ["T"]
    assert eds.get(asked).json["items"] == []
    one = f"/posts/{draft.id}/revisions/{autosave.id}"
    assert anns.get(one).json["body"] == "Typed."
    assert eds.get(one).status_code == 404
    assert len(anns.get(f"/posts/{draft.id}/revisions").json["items"]) == 1


def test_two_revisions_are_compared_as_the_desk_does(anns, rewritten):
    before = rewritten.revision_of(2).id
    said = anns.get(f"/posts/{rewritten.id}/comparison?from={before}").json
    assert (said["from"]["version"], said["to"]["version"]) == (2, 3)
    assert [one["change"] for one in said["lines"]] == ["same", "removed", "added", "same"]
    assert "<del>Two</del><em><ins>Second</ins></em>" in said["html"]
    title = {"name": "title", "label": "Title", "then": "A draft", "now": "Better title"}
    assert said["particulars"][0] == title
    assert [one["name"] for one in said["particulars"]] == ["title", "slug"]
    back = anns.get(f"/posts/{rewritten.id}/comparison?from={before}&to={before}").json
    assert (back["lines"], back["html"], back["particulars"]) == ([], "", [])


@pytest.mark.parametrize(("asked", "status"), [("", 400), ("?from=x", 400), ("?from=999", 404)])
def test_what_is_to_be_compared_is_there(anns, draft, asked, status):
    problem_of(anns.get(f"/posts/{draft.id}/comparison{asked}"), status)


def test_a_revision_of_another_text_is_not_reached(anns, draft, post):
    theirs = post.latest_revision().id
    for answer in (
        anns.get(f"/posts/{draft.id}/revisions/{theirs}"),
        anns.get(f"/posts/{draft.id}/comparison?from={theirs}"),
        anns.post(f"/posts/{draft.id}/revisions/{theirs}/restoration"),
        anns.put(f"/posts/{draft.id}/revisions/{theirs}/milestone", json={"name": "x"}),
        anns.delete(f"/posts/{draft.id}/revisions/{theirs}/milestone"),
    ):
        problem_of(answer, 404)


def test_a_revision_is_restored_as_a_new_one(anns, rewritten):
    address = f"/posts/{rewritten.id}/revisions/{rewritten.revision_of(2).id}/restoration"
    seen = anns.get(f"/posts/{rewritten.id}").headers["ETag"]
    said = anns.post(address, headers={"If-Match": seen}).json
    assert (said["body"], said["title"], said["version"]) == ("One.\nTwo.\nThree.", "A draft", 4)
    assert rewritten.latest_revision().reason == Reason.RESTORED
    problem_of(anns.post(address, headers={"If-Match": seen}), 412)


def test_what_readers_see_is_restored_when_it_is_published(anns, stranger, post):
    anns.patch(f"/posts/{post.id}", json={"title": "New"})
    anns.put(f"/posts/{post.id}/publication")
    first = post.revision_of(1).id
    assert anns.post(f"/posts/{post.id}/revisions/{first}/restoration").json["has_held_changes"] is True
    assert stranger.get(f"/posts/{post.id}").json["title"] == "New"


def test_a_milestone_is_named_found_and_unnamed(eds, page):
    address = f"/pages/{page.id}/revisions/{page.latest_revision().id}"
    assert eds.put(f"{address}/milestone", json={"name": " Before  all "}).json["milestone"] == "Before all"
    listed = lambda which: eds.get(f"/pages/{page.id}/revisions?milestone={which}").json["items"]  # noqa: E731
    assert [one["milestone"] for one in listed("true")] == ["Before all"]
    assert eds.delete(f"{address}/milestone").status_code == 204
    assert (listed("true"), eds.get(address).json["milestone"]) == ([], "")


@pytest.mark.parametrize("sent", [{}, {"name": " "}, {"name": "x" * 121}, {"name": None}], ids=repr)
def test_a_milestone_needs_a_name(anns, draft, sent):
    address = f"/posts/{draft.id}/revisions/{draft.latest_revision().id}/milestone"
    assert problem_of(anns.put(address, json=sent), 422)["errors"][0]["pointer"] == "/name"
