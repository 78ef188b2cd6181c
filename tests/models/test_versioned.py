"""Versions of a text: what readers see, what is held back from them, and how two people's changes come
together."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Page, Reason, Tag, Upload
from broadsheet.models.alias import Alias
from broadsheet.models.content import EditConflict

MORNING = "One.\n\nTwo.\n\nThree."


def reasons(content) -> list[str]:
    return [one.reason.value for one in db.session.scalars(content.history())]


def actions() -> list[str]:
    return list(db.session.scalars(select(Event.action).order_by(Event.id)))


# -- held changes


def test_held_changes_are_kept_and_not_shown(post, ann):
    before, html, saved_at = post.revised_at, post.html, post.updated_at
    assert post.hold(by=ann, title="Better", body="All *new*.")
    assert (post.title, post.html, post.revised_at) == ("A published post", html, before)
    assert post.updated_at > saved_at
    assert post.has_held_changes
    assert (post.version, post.shown_version) == (2, 1)
    assert post.working()["body"] == "All *new*."
    assert reasons(post) == ["saved", "created"]
    assert actions()[-1] == "post_held"


def test_a_save_holds_what_readers_see_and_writes_a_draft_down(post, draft, ann):
    post.save(by=ann, title="Held")
    draft.save(by=ann, title="Written")
    assert (post.title, draft.title) == ("A published post", "Written")
    assert (post.has_held_changes, draft.has_held_changes) == (True, False)


@pytest.mark.parametrize("deed", ["schedule", "trash"])
def test_what_readers_will_see_is_held_too(post, ann, deed):
    if deed == "schedule":
        post.unpublish()
        post.schedule(clock.now() + timedelta(days=1))
    else:
        post.trash()
    post.save(by=ann, title="Held")
    assert post.title == "A published post"


def test_publishing_shows_the_held_changes(post, ann, ed):
    post.hold(by=ann, title="Better", body="All *new*.", tags=Tag.named(["Fresh"]))
    post.publish(by=ed)
    assert (post.title, [tag.name for tag in post.tags]) == ("Better", ["Fresh"])
    assert "<em>new</em>" in post.html
    assert not post.has_held_changes
    newest = post.latest_revision()
    assert (newest.reason, newest.author, newest.version) == (Reason.PUBLISHED, ed, 3)
    assert actions()[-1] == "post_revised"


def test_publishing_without_held_changes_is_no_revision(post):
    post.publish()
    assert post.version == 1


def test_saving_what_readers_see_holds_nothing_any_more(post, ann):
    post.hold(by=ann, title="Better")
    post.hold(by=ann, title="A published post")
    assert not post.has_held_changes
    assert post.version == 3


def test_holding_the_same_is_no_revision(post, ann):
    post.hold(by=ann, title="Better")
    assert post.hold(by=ann, title="Better") is False
    assert post.version == 2


def test_held_changes_are_given_up_and_stay_among_the_revisions(post, ann):
    post.hold(by=ann, title="Better")
    post.give_up_held_changes(by=ann)
    assert (post.has_held_changes, post.version, post.working()["title"]) == (False, 3, "A published post")
    assert [one.title for one in db.session.scalars(post.history())][1] == "Better"
    post.restore(post.revision_of(2), by=ann)
    assert post.working()["title"] == "Better"
    post.give_up_held_changes()
    post.give_up_held_changes()
    assert actions().count("post_given_up") == 2


def test_unpublishing_makes_the_newest_save_the_draft(post, ann):
    post.hold(by=ann, body="All *new*.")
    post.unpublish()
    assert (post.body, post.has_held_changes) == ("All *new*.", False)
    assert "<em>new</em>" in post.html


def test_a_held_address_redirects_only_once_it_is_published(post, ann):
    old = post.path
    post.hold(by=ann, slug="other-words")
    assert post.path == old
    post.publish()
    assert post.slug == "other-words"


def test_a_held_address_that_another_page_has_taken_is_left(page, ada):
    page.hold(by=ada, slug="legal")
    other = Page()
    other.revise(by=ada, title="Legal", slug="legal")
    page.publish()
    db.session.commit()
    assert page.slug == "imprint"
    assert db.session.scalar(Alias.of("/imprint")) is None


def test_held_dates_wait_and_others_go_on(post, ann):
    earlier, end = post.published_at - timedelta(days=3), clock.now() + timedelta(days=9)
    post.hold(by=ann, published_at=earlier)
    assert post.published_at != earlier
    post.expires_at = end  # set at the panel meanwhile
    assert post.working()["expires_at"] == end
    post.publish()
    assert (post.published_at, post.expires_at) == (earlier, end)


def test_a_correction_from_elsewhere_reaches_what_readers_see_and_what_is_held(post, ann, ed):
    post.revise(by=ann, body="See /a.png.\n\nMore.")
    post.hold(by=ann, title="Better", body="See /a.png.\n\nMuch more.")
    post.revise(by=ed, reason=Reason.REPLACED, body="See /b.png.\n\nMore.")
    assert post.body == "See /b.png.\n\nMore."
    assert (post.title, post.has_held_changes) == ("A published post", True)
    assert post.working()["body"] == "See /b.png.\n\nMuch more."
    assert post.working()["title"] == "Better"


def test_a_proof_shows_the_newest_save(post, ann):
    post.hold(by=ann, body="All *new*.")
    assert "<em>new</em>" in post.proof().html


# -- particulars


def test_a_revision_keeps_the_particulars(draft, ann, ed):
    draft.revise(by=ann, byline="The team", unlisted=True, search_title="Found")
    draft.revise(by=ed, byline="", unlisted=False, search_title="")
    draft.restore(draft.revision_of(2), by=ann)
    assert (draft.byline, draft.unlisted, draft.search_title) == ("The team", True, "Found")


def test_a_revision_from_before_there_were_particulars_leaves_them(draft, ann):
    draft.revision_of(1).particulars = {}
    draft.revise(by=ann, byline="The team", title="Changed")
    draft.restore(draft.revision_of(1), by=ann)
    assert (draft.title, draft.byline) == ("A draft", "The team")


def test_a_cover_that_is_gone_is_not_brought_back(draft, ann):
    upload = Upload(
        name="a.png", key="0/a.png", sha256="0" * 64, media_type="image/png", size=1, width=1, height=1
    )
    db.session.add(upload)
    db.session.flush()
    draft.revise(by=ann, cover_id=upload.id)
    draft.revise(by=ann, cover_id=None)
    db.session.delete(upload)
    db.session.commit()
    draft.restore(draft.revision_of(2), by=ann)
    db.session.commit()
    assert draft.cover_id is None


def test_a_proof_shows_its_cover(draft, ann):
    upload = Upload(
        name="a.png", key="0/a.png", sha256="0" * 64, media_type="image/png", size=1, width=1, height=1
    )
    db.session.add(upload)
    db.session.flush()
    assert draft.proof(cover_id=upload.id).cover is upload


# -- merging


@pytest.fixture
def shared(draft, ann):
    draft.revise(by=ann, title="Morning", body=MORNING, tags=Tag.named(["Sea", "Sky"]))
    return draft


def test_different_paragraphs_and_fields_are_merged(shared, ann, ed):
    shared.revise(by=ed, title="Evening", body="One.\n\nTwo.\n\nThree, says Ed.")
    assert shared.revise(by=ann, based_on=2, title="Morning", body="One, says Ann.\n\nTwo.\n\nThree.")
    assert shared.title == "Evening"
    assert shared.body == "One, says Ann.\n\nTwo.\n\nThree, says Ed."
    assert shared.latest_revision().reason == Reason.MERGED


def test_tags_of_both_are_kept(shared, ann, ed):
    shared.revise(by=ed, tags=Tag.named(["Sea", "Sand"]))
    shared.revise(by=ann, based_on=2, tags=Tag.named(["Sea", "Sky", "Salt"]))
    assert [tag.name for tag in shared.tags] == ["Sea", "Salt", "Sand"]


def test_the_same_paragraph_is_a_conflict_and_nothing_changes(shared, ann, ed):
    shared.revise(by=ed, body=MORNING.replace("Two", "Zwei"))
    with pytest.raises(EditConflict) as conflict:
        shared.revise(by=ann, based_on=2, title="Noon", body=MORNING.replace("Two", "Deux"))
    assert conflict.value.merged.conflicts == ["body"]
    assert (shared.title, shared.version) == ("Morning", 3)


def test_a_date_that_somebody_set_is_not_taken_back_by_an_older_form(shared, ann, ed):
    at = clock.now() - timedelta(days=30)
    shared.revise(by=ed, published_at=at)
    shared.revise(by=ann, based_on=2, title="Noon", published_at=None)
    assert (shared.title, shared.published_at) == ("Noon", at)


def test_held_changes_merge_too(post, ann, ed):
    post.revise(by=ann, body=MORNING)
    post.hold(by=ed, based_on=2, body=MORNING.replace("Three", "Drei"))
    post.hold(by=ann, based_on=2, body=MORNING.replace("One", "Un"))
    assert post.working()["body"] == "Un.\n\nTwo.\n\nDrei."
    assert post.body == MORNING


def test_publishing_an_older_version_merges_what_is_held(post, ann, ed):
    post.revise(by=ann, body=MORNING)
    post.hold(by=ed, based_on=2, body=MORNING.replace("Three", "Drei"))
    post.release(by=ann, based_on=2, body=MORNING.replace("One", "Un"))
    assert post.body == "Un.\n\nTwo.\n\nDrei."
