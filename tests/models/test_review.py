from datetime import timedelta

import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Note, PreviewLink, Review, Site
from broadsheet.models.review import Outcome


@pytest.fixture
def review(draft, ann) -> Review:
    review = draft.request_review(by=ann, question="Well?")
    db.session.commit()
    return review


def actions(beginning: str) -> list[str]:
    return [one for one in db.session.scalars(select(Event.action).order_by(Event.id)) if beginning in one]


def test_a_review_waits_for_one_answer(draft, review, ed):
    review.return_(by=ed, note="Not yet.")
    review.return_(by=ed, note="Again.")
    review.withdraw(by=ed)
    draft.publish()
    assert (review.outcome, review.answer) == (Outcome.RETURNED, "Not yet.")
    assert actions("review") == ["post_review_requested", "post_review_returned"]


def test_a_withdrawn_text_is_a_draft_again(draft, review, ann):
    review.withdraw(by=ann)
    assert (draft.state, draft.review_requested_at) == ("draft", None)
    assert draft.waiting_review() is None


def test_unpublishing_leaves_a_review_of_held_changes_waiting(post, ann):
    post.hold(by=ann, body="Other words.")
    post.request_review(by=ann)
    db.session.flush()
    post.unpublish()
    assert post.state == "in_review"
    assert post.waiting_review() is not None


def test_reviews_and_notes_and_links_go_with_their_text(draft, review, ann):
    Note.leave(draft, body="A note", by=ann)
    PreviewLink.create(draft, by=ann, expires_at=clock.now() + timedelta(days=1))
    db.session.commit()
    draft.delete()
    db.session.commit()
    assert [db.session.scalar(select(one)) for one in (Review, Note, PreviewLink)] == [None] * 3


def test_who_may_publish(app, draft, page, ann, ben, ed, rea):
    assert [user.can_publish(draft) for user in (ann, ben, ed, rea)] == [True, False, True, False]
    Site.load().change(authors_publish=False)
    assert [user.can_publish(draft) for user in (ann, ben, ed, rea)] == [False, False, True, False]
    assert [user.can_publish(page) for user in (ann, ed)] == [False, True]


def test_an_end_set_twice_happens_once(post):
    at = clock.now() + timedelta(days=1)
    post.end(at)
    post.end(at)
    assert actions("end_set") == ["post_end_set"]
