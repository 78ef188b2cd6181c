"""What messages and submissions share: how they are judged, what is learned, the trash."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Message, SpamWord, Submission
from broadsheet.models import spam_word as spam_words
from broadsheet.models.incoming import Box, Incoming

SPAM = "[url=https://x.example]online casino[/url]"


def received(body="When does the museum open?", subject="A question", email="vic@example.org", **more):
    message = Message.receive(name="Vic", email=email, subject=subject, body=body, **more)
    db.session.commit()
    return message


def learned(word=""):
    found = db.session.get(SpamWord, word, populate_existing=True)
    return (found.spam, found.ham) if found else (0, 0)


def test_every_form_is_judged_by_the_same_filter(app):
    assert set(Incoming.__subclasses__()) == {Message, Submission}
    received(SPAM).judge(is_spam=True)
    Submission.receive(name="Vic", email="vic@example.org", title="Museum", body="It opens.").judge(
        is_spam=True
    )
    assert learned() == (2, 0)


def test_arrives_where_it_belongs(app):
    assert received().box == Box.INBOX
    spam = received(SPAM)
    assert spam.box == Box.SPAM
    assert spam.spam_score > 0.7
    assert spam.spam_reasons


def test_what_is_clearly_no_spam_is_learned_from_at_once(app):
    message = received()
    assert message.learned_as_spam is False
    assert learned("museum") == (0, 1)
    assert received(SPAM).learned_as_spam is None


def test_a_person_s_word_outweighs_the_filter_and_is_learned(app):
    spam = received(SPAM)
    spam.judge(is_spam=False)
    assert spam.box == Box.INBOX
    assert learned() == (0, 1)
    spam.judge(is_spam=True)
    assert learned() == (1, 0)


def test_judging_twice_teaches_once(app):
    message = received()
    for _ in range(3):
        message.judge(is_spam=True)
    assert learned() == (1, 0)
    assert learned("museum") == (1, 0)
    events = select(func.count()).select_from(Event).where(Event.action == "message_judged")
    assert db.session.scalar(events) == 1


def test_withdrawing_leaves_no_trace(app):
    message = received()
    before = learned("museum")
    message.judge(is_spam=True)
    message.withdraw_judgement()
    message.withdraw_judgement()
    assert (message.is_spam, message.judged_by_person) == (False, False)
    assert learned("museum") == before
    spam = received(SPAM)
    spam.judge(is_spam=False)
    spam.withdraw_judgement()
    assert spam.is_spam
    assert spam.learned_as_spam is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["spam", "ham", "withdraw"]), max_size=8))
def test_whatever_is_said_the_counts_are_those_of_the_last_word(app, words):
    db.session.execute(db.delete(SpamWord))
    db.session.execute(db.delete(Message))
    message = received("A unique zebra.")
    for word in words:
        message.withdraw_judgement() if word == "withdraw" else message.judge(is_spam=word == "spam")
    last = {"spam": (1, 0)}.get(words[-1] if words else "", (0, 1))
    assert learned("zebra") == learned() == last


def test_what_came_before_there_was_a_filter_can_be_judged(app):
    old = Message(name="Vic", email="vic@example.org", subject="", body="From another age.")
    db.session.add(old)
    db.session.commit()
    old.judge(is_spam=True)
    old.judge(is_spam=False)
    assert learned() == (0, 1)


def test_whom_we_have_answered_is_trusted(app):
    received(email="friend@example.org").answered_at = clock.now()
    assert not received(SPAM, email="friend@example.org").is_spam


def test_the_same_text_from_others_is_a_sign_for_a_week(app):
    first = received()
    assert received().spam_reasons == []  # pressed twice
    assert {"sign": "repeated"} in received(email="eve@example.net").spam_reasons
    first.created_at -= timedelta(days=8)
    db.session.execute(db.delete(Message).where(Message.id != first.id))
    assert received(email="eve@example.net").spam_reasons == []


def test_the_learned_stays_bounded(app, monkeypatch):
    monkeypatch.setattr(spam_words, "MOST_KEPT", 60)
    received("museum lighthouse")
    received("museum harbour")
    for number in range(6):
        received(" ".join(f"word{number}x{each}" for each in "abcdefghijklmnop"))
    assert db.session.scalar(select(func.count()).select_from(SpamWord)) <= 60
    assert learned("museum") == (0, 2)
    assert learned() == (0, 8)


def test_pruned_words_do_no_harm_to_unlearning(app):
    message = received("A unique zebra.")
    db.session.execute(db.delete(SpamWord).where(SpamWord.word == "zebra"))
    message.judge(is_spam=True)
    assert learned("zebra") == (1, 0)
    assert learned("unique") == (1, 0)


def test_trash_and_back(app):
    message = received()
    message.trash()
    first = message.trashed_at
    message.trash()
    assert (message.box, message.trashed_at) == (Box.TRASH, first)
    assert Message.count_unread() == 0
    message.recover()
    message.recover()
    assert message.box == Box.INBOX


@pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)], ids=["a day before", "a day after"])
def test_trash_is_emptied_after_thirty_days(app, days, gone):
    received().trash()
    received()
    assert Message.purge(clock.now() + timedelta(days=days)) == gone
    assert len(db.session.scalars(select(Message)).all()) == 2 - gone


def test_spam_is_deleted_after_ninety_days_and_nothing_else(app):
    received(SPAM)
    received()
    assert Message.purge(clock.now() + timedelta(days=89)) == 0
    assert Message.purge(clock.now() + timedelta(days=91)) == 1
    assert db.session.scalars(select(Message)).one().box == Box.INBOX
