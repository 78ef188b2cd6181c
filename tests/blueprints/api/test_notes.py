"""Notes for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Note
from problems import problem_of


def test_a_note_is_left_resolved_and_reopened(anns, eds, draft):
    made = eds.post(f"/posts/{draft.id}/notes", json={"note": "Who says so?", "quote": "ready"})
    address = made.headers["Location"]
    assert (made.status_code, anns.get(address).json) == (201, made.json)
    assert (made.json["note"], made.json["author"]["username"]) == ("Who says so?", "ed")
    listed = lambda state: anns.get(f"/posts/{draft.id}/notes?state={state}").json["items"]  # noqa: E731
    assert anns.put(f"{address}/resolution").json["resolved_by"]["username"] == "ann"
    assert (len(listed("open")), len(listed("resolved"))) == (0, 1)
    assert anns.delete(f"{address}/resolution").status_code == 204
    assert (len(listed("open")), len(listed("resolved"))) == (1, 0)


def test_only_who_wrote_a_note_deletes_it(anns, eds, draft):
    address = eds.post(f"/posts/{draft.id}/notes", json={"note": "Look."}).headers["Location"]
    assert "resolve it" in problem_of(anns.delete(address), 403)["detail"]
    assert eds.delete(address).status_code == 204
    problem_of(eds.get(address), 404)


def test_a_guests_note_is_deleted_by_whoever_may_edit(eds, page):
    note = Note.leave(page, body="Hm.", name="Vic")
    db.session.commit()
    said = eds.get(f"/pages/{page.id}/notes").json["items"]
    assert [(one["author"], one["author_name"]) for one in said] == [(None, "Vic")]
    assert eds.delete(f"/pages/{page.id}/notes/{note.id}").status_code == 204


def test_a_list_of_notes_asks_no_more_the_longer_it_is(anns, draft, ann, ben, ed, queries):
    for number in range(5):
        Note.leave(draft, body=f"{number}", by=(ann, ben)[number % 2]).resolve(by=ed)
    db.session.commit()
    anns.get(f"/posts/{draft.id}/notes")
    with queries() as few:
        anns.get(f"/posts/{draft.id}/notes?limit=1")
    with queries() as more:
        assert len(anns.get(f"/posts/{draft.id}/notes").json["items"]) == 5
    assert len(more) <= len(few)


@pytest.mark.parametrize("sent", [{}, {"note": "x" * 4001}, {"note": "x", "quote": "x" * 501}], ids=len)
def test_what_is_wrong_is_said_at_its_place(anns, draft, sent):
    pointer = f"/{list(sent or {'note': 0})[-1]}"
    said = problem_of(anns.post(f"/posts/{draft.id}/notes", json=sent), 422)
    assert said["errors"][0]["pointer"] == pointer


def test_a_note_on_another_text_is_not_reached(anns, ann, draft, post):
    note = Note.leave(post, body="Look.", by=ann)
    db.session.commit()
    for answer in (
        anns.get(f"/posts/{draft.id}/notes/{note.id}"),
        anns.delete(f"/posts/{draft.id}/notes/{note.id}"),
        anns.put(f"/posts/{draft.id}/notes/{note.id}/resolution"),
    ):
        problem_of(answer, 404)
