import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Post, Reason, Revision, Submission
from broadsheet.models.submission import SubmissionState


@pytest.fixture
def submission(app):
    return Submission.receive(
        name="Sue Sender", email="sue@example.org", title="On rivers", body="They *flow*."
    )


def test_waits_at_first(submission):
    assert submission.state == SubmissionState.WAITING
    assert Submission.count_waiting() == 1


def test_accepted_one_is_a_draft_with_its_history(submission, ed, ann):
    post = submission.accept(ed, ann)
    assert (post.title, post.html, list(post.authors)) == ("On rivers", "<p>They <em>flow</em>.</p>\n", [ann])
    revision = db.session.scalars(select(Revision)).one()
    assert (revision.reason, revision.author) == (Reason.ACCEPTED, ed)
    assert Submission.count_waiting() == 0


def test_without_an_author_the_sender_gets_a_byline(submission, ed):
    (author,) = submission.accept(ed).authors
    assert (author.name, author.is_byline, author.email) == ("Sue Sender", True, None)


def test_accepting_twice_gives_the_same_draft(submission, ed):
    assert submission.accept(ed) is submission.accept(ed)
    assert len(db.session.scalars(select(Post)).all()) == 1


def test_declined_one_can_come_back_into_the_queue(submission):
    submission.decline()
    submission.decline()
    assert submission.state == SubmissionState.DECLINED
    submission.reconsider()
    submission.reconsider()
    assert submission.state == SubmissionState.WAITING


def test_accepted_one_is_not_declined_any_more(submission, ed):
    submission.accept(ed)
    submission.decline()
    submission.reconsider()
    assert submission.state == SubmissionState.ACCEPTED


def test_declined_one_can_still_be_accepted(submission, ed):
    submission.decline()
    submission.accept(ed)
    assert submission.state == SubmissionState.ACCEPTED
