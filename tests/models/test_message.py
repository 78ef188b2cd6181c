import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Event, Message


@pytest.fixture
def message(app):
    return Message.receive(name="Vic", email="vic@example.org", subject="", body="100% sure_")


def test_arrives_unread_and_is_in_the_log(message):
    assert not message.is_read
    assert Message.count_unread() == 1
    event = db.session.scalars(select(Event).where(Event.action == "message_received")).one()
    assert event.subject_label == "Vic"  # without a subject it is called by its sender


def test_is_read_and_unread_as_often_as_one_likes(message):
    message.mark_read()
    first = message.read_at
    message.mark_read()
    assert message.read_at == first
    assert Message.count_unread() == 0
    message.mark_unread()
    message.mark_unread()
    assert Message.count_unread() == 1


def test_search_takes_signs_literally(message):
    for words, is_found in (("100%", True), ("SURE_", True), ("1%e", False), ("s_re", False)):
        found = db.session.scalars(select(Message).where(Message.matching(words))).all()
        assert bool(found) is is_found, words


def test_deletion_leaves_its_trace(message):
    message.delete()
    db.session.commit()
    assert not db.session.scalars(select(Message)).all()
    assert db.session.scalars(select(Event).where(Event.action == "message_deleted")).one()
