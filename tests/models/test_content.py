"""What posts and pages share. Each is said of a post; a page is asked where it differs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Post, Reason, Revision, Tag
from broadsheet.models.content import EditConflict, State

TOMORROW = timedelta(days=1)


def published() -> list[Post]:
    return list(db.session.scalars(Post.published()))


def actions() -> list[str]:
    return list(
        db.session.scalars(select(Event.action).where(Event.subject_kind == "post").order_by(Event.id))
    )


def test_draft_is_seen_by_nobody(draft):
    assert draft.state == State.DRAFT
    assert published() == []


def test_published_is_seen(draft):
    draft.publish()
    assert draft.is_published
    assert published() == [draft]


def test_scheduled_is_seen_once_its_time_has_come(draft):
    draft.schedule(clock.now() + TOMORROW)
    db.session.commit()
    assert draft.state == State.SCHEDULED
    assert published() == []
    with time_machine.travel(clock.now() + TOMORROW + timedelta(seconds=1)):
        assert draft.is_published
        assert published() == [draft]


def test_expired_is_no_longer_seen(post):
    post.expires_at = clock.now() - timedelta(seconds=1)
    db.session.flush()
    assert post.state == State.EXPIRED
    assert published() == []


def test_trashed_is_not_seen_and_comes_back_as_it_was(post):
    post.trash()
    assert post.state == State.TRASHED
    assert published() == []
    post.recover()
    assert published() == [post]


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_found_by_its_query(draft, state):
    deeds = {
        State.PUBLISHED: lambda: draft.publish(),
        State.SCHEDULED: lambda: draft.schedule(clock.now() + TOMORROW),
        State.IN_REVIEW: lambda: draft.request_review(by=draft.authors[0]),
        State.EXPIRED: lambda: (draft.publish(), setattr(draft, "expires_at", clock.now())),
        State.TRASHED: lambda: draft.trash(),
    }
    deeds.get(state, lambda: None)()
    db.session.flush()
    assert draft.state == state
    for other in State:
        found = list(db.session.scalars(select(Post).where(Post.in_state(other))))
        assert found == ([draft] if other == state else [])


@pytest.mark.parametrize("verb", ["publish", "unpublish", "trash", "recover", "pin", "unpin"])
def test_a_verb_called_twice_happens_once(draft, verb):
    getattr(draft, verb)()
    first = actions()
    getattr(draft, verb)()
    assert actions() == first


def test_publishing_again_keeps_the_date_it_had(post):
    then = datetime(2020, 5, 1, tzinfo=UTC)
    post.schedule(then)
    post.unpublish()
    post.publish()
    assert post.published_at == then


def test_publishing_at_a_time_to_come_schedules(draft):
    at = clock.now() + TOMORROW
    draft.publish(at)
    assert (draft.state, draft.published_at) == (State.SCHEDULED, at)


def test_publishing_what_is_scheduled_does_not_wait(draft):
    draft.schedule(clock.now() + TOMORROW)
    draft.publish()
    assert draft.is_published


def test_publishing_takes_it_out_of_the_trash(post):
    post.trash()
    post.publish()
    assert post.is_published


def test_publishing_what_has_expired_shows_it_again(post):
    post.expires_at = clock.now()
    post.publish(post.published_at)
    assert post.is_published


def test_unpublishing_what_is_scheduled_takes_the_date_away(draft):
    draft.schedule(clock.now() + TOMORROW)
    draft.unpublish()
    assert draft.published_at is None


def test_a_new_date_is_no_new_publication(post):
    db.session.commit()
    post.schedule(clock.now() - timedelta(days=30))
    assert actions()[-1] == "post_revised"


def test_a_draft_keeps_its_date_for_later(draft):
    at = clock.now() - timedelta(days=3)
    draft.date(at)
    assert draft.state == State.DRAFT
    assert not draft.was_ever_public
    draft.publish()
    assert draft.published_at == at


def test_what_was_public_once_is_remembered(post):
    post.unpublish()
    assert post.was_ever_public


def test_a_scheduled_post_taken_back_in_time_was_never_public(draft):
    draft.schedule(clock.now() + TOMORROW)
    draft.unpublish()
    assert not draft.was_ever_public


def test_signal_is_sent_after_the_commit_and_forgotten_on_rollback(draft):
    heard = []
    with signals.post_published.connected_to(lambda sender, **details: heard.append(sender)):
        draft.publish()
        assert heard == []
        db.session.rollback()
        db.session.commit()
        assert heard == []
        draft.publish()
        db.session.commit()
        assert heard == [draft]


# -- text


def test_every_save_is_a_revision(draft, ben):
    draft.revise(by=ben, title="Another title")
    revisions = list(db.session.scalars(draft.revisions.select()))
    assert [(one.version, one.title, one.author.name, one.reason) for one in revisions] == [
        (2, "Another title", "Ben Author", Reason.SAVED),
        (1, "A draft", "Ann Author", Reason.CREATED),
    ]
    assert draft.latest_revision() == revisions[0]


def test_saving_the_same_is_no_revision(draft, ann):
    assert draft.revise(by=ann, title="A draft", tags=[], authors=[ann]) is False
    assert draft.version == 1


def test_saving_renders(draft, ann):
    draft.revise(by=ann, body="## A *heading*\n\nFive words in one paragraph.")
    assert "<h2" in draft.html
    assert draft.toc[0]["title"] == "A heading"
    assert draft.excerpt == "Five words in one paragraph."
    assert draft.word_count == 7


def test_saving_over_a_newer_version_is_refused_and_changes_nothing(draft, ann, ben):
    draft.revise(by=ben, body="Newer.")
    with pytest.raises(EditConflict):
        draft.revise(by=ann, based_on=1, body="Older.", tags=[])
    assert (draft.body, draft.version) == ("Newer.", 2)


def test_saving_over_a_newer_version_that_says_the_same_is_no_conflict(draft, ann, ben):
    draft.revise(by=ben, body="The same.")
    assert draft.revise(by=ann, based_on=1, body="The same.") is False


def test_restoring_is_a_revision_of_its_own(post, ann, ed):
    post.revise(by=ann, title="Changed", body="Changed.", tags=[])
    post.restore(post.revision_of(1), by=ed)
    assert (post.title, post.version, post.working()["title"]) == ("Changed", 3, "A published post")
    post.publish()
    assert post.title == "A published post"
    assert [tag.name for tag in post.tags] == ["Notes"]
    assert post.revision_of(3).reason == Reason.RESTORED


def test_restoring_leaves_address_and_authors_alone(post, ann, ben):
    post.revise(by=ann, slug="new-address", authors=[ben])
    post.restore(post.revision_of(1), by=ben)
    post.publish()
    assert (post.slug, list(post.authors)) == ("new-address", [ben])


def test_a_proof_is_rendered_and_never_stored(post):
    proof = post.proof(body="*Other* words.", tags=[Tag(name="New", slug="new")])
    assert "<em>Other</em>" in proof.html
    assert (proof.title, proof.path, list(proof.authors)) == (post.title, post.path, list(post.authors))
    db.session.commit()
    assert db.session.scalar(select(db.func.count(Post.id))) == 1
    assert db.session.scalar(Tag.at("new")) is None


def test_slug_follows_the_title_until_readers_know_it(ann):
    post = Post()
    post.revise(by=ann, title="", authors=[ann])
    assert post.slug == "post"
    post.revise(by=ann, title="First thoughts", slug="post")
    assert post.slug == "first-thoughts"
    post.publish()
    post.revise(by=ann, title="Second thoughts", slug="first-thoughts")
    assert post.slug == "first-thoughts"


def test_slug_that_was_chosen_does_not_follow(draft, ann):
    draft.revise(by=ann, slug="mine")
    draft.revise(by=ann, title="Something else", slug="mine")
    assert draft.slug == "mine"


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("READY", True),
        ("draft ready", True),
        ("ready nowhere", False),
        ("", True),
        ("%", False),
        ("_", False),
    ],
)
def test_search_finds_all_the_words_in_title_and_text(draft, words, is_found):
    assert (db.session.scalar(select(Post).where(Post.matching(words))) is not None) is is_found


def test_deleting_takes_the_revisions_along_and_is_logged(draft):
    draft.delete()
    db.session.commit()
    assert db.session.scalar(select(db.func.count(Revision.id))) == 0
    assert actions() == ["post_created", "post_deleted"]
