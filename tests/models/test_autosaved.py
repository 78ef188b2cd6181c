"""Autosaves: apart from the history, few, and thinned out by a stated rule."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Reason, Revision
from broadsheet.models.autosaved import thin_autosaves

NOON = datetime(2027, 3, 1, 12, 0, 30, tzinfo=UTC)


def autosave(content, by, body: str, **more) -> Revision:
    said = {"title": content.title, "slug": content.slug, "summary": "", "language": "", "typed": {}}
    return content.autosave(by=by, based_on=content.version, body=body, **said, **more)


def bodies(content) -> list[str]:
    return [one.body for one in db.session.scalars(content.autosaves())]


def test_an_autosave_changes_nothing_else(post, ann):
    before = (post.version, post.shown_version, post.updated_at, post.html, post.body)
    events = db.session.scalar(db.select(db.func.count(Event.id)))
    autosave(post, ann, "Half a sen")
    db.session.commit()
    assert (post.version, post.shown_version, post.updated_at, post.html, post.body) == before
    assert [one.reason for one in db.session.scalars(post.history())] == [Reason.CREATED]
    assert post.latest_revision().reason == Reason.CREATED
    assert db.session.scalar(db.select(db.func.count(Event.id))) == events


def test_one_row_for_each_person_and_five_minutes(draft, ann, ed):
    with time_machine.travel(NOON, tick=False) as clocks:
        for minutes, by, body in [(0, ann, "a"), (1, ann, "ab"), (0, ed, "x"), (4, ann, "abc")]:
            clocks.move_to(clock.now() + timedelta(minutes=minutes))
            autosave(draft, by, body)
    assert sorted(bodies(draft)) == ["ab", "abc", "x"]


def test_the_newest_words_are_offered_until_they_are_saved(draft, ann, ed):
    assert draft.unsaved_of(ann) is None
    autosave(draft, ann, "Unsaved.")
    db.session.commit()
    assert draft.unsaved_of(ann).body == "Unsaved."
    assert draft.unsaved_of(ed) is None
    draft.save(by=ed, title="Ed saves")
    db.session.commit()
    assert draft.unsaved_of(ann).body == "Unsaved."
    draft.save(by=ann, body="Saved otherwise.")
    db.session.commit()
    assert draft.unsaved_of(ann) is None


def test_words_set_aside_are_kept_and_not_offered(draft, ann):
    autosave(draft, ann, "Rather not.").set_aside()
    db.session.commit()
    assert draft.unsaved_of(ann) is None
    assert bodies(draft) == ["Rather not."]
    autosave(draft, ann, "Rather so.")
    assert bodies(draft) == ["Rather so.", "Rather not."]


@pytest.mark.parametrize("live", [True, False])
def test_a_save_of_the_same_words_supersedes_the_autosave(post, draft, ann, live):
    content = post if live else draft
    autosave(content, ann, "The same.")
    db.session.commit()
    content.save(by=ann, title=content.title, summary="", body="The same.")
    assert bodies(content) == []


@pytest.mark.parametrize("verb", ["save", "release"])
def test_a_save_that_changes_nothing_answers_the_autosave_too(draft, ann, verb):
    autosave(draft, ann, draft.body, tags=["typed"])
    db.session.commit()
    version = draft.version
    getattr(draft, verb)(by=ann, body=draft.body)
    assert (bodies(draft), draft.version) == ([], version)


def test_autosaves_thin_out(draft, ann):
    with time_machine.travel(NOON, tick=False) as clocks:
        for hours in [31 * 24, 29 * 24 + 1, 29 * 24, 5.5, 4.5, 4.4, 0.9, 0.8, 0.7, 0]:
            clocks.move_to(NOON - timedelta(hours=hours))
            autosave(draft, ann, f"{hours}")
        clocks.move_to(NOON)
        draft.revision_of(1).created_at = NOON - timedelta(days=40)
        db.session.flush()
        assert thin_autosaves(NOON) == 3
        assert bodies(draft) == ["0", "0.7", "0.8", "0.9", "4.4", "5.5", f"{29 * 24}"]
        assert thin_autosaves(NOON) == 0


def test_words_that_were_never_saved_do_not_thin_out(draft, ann):
    with time_machine.travel(NOON, tick=False) as clocks:
        draft.revision_of(1).created_at = NOON - timedelta(minutes=1)
        autosave(draft, ann, "Never saved.")
        clocks.move_to(NOON + timedelta(days=400))
        assert thin_autosaves() == 0
        draft.save(by=ann, title="Saved")
        db.session.flush()
        assert thin_autosaves() == 1


def test_saves_and_milestones_never_thin_out(draft, ann):
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert thin_autosaves() == 0
    assert draft.revision_of(1) is not None
