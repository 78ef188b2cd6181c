from datetime import UTC, datetime

from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import Actor, Event, Post, acting
from broadsheet.models.event import happened


def last():
    return db.session.scalars(Event.newest_first()).first()


def test_tells_who_did_what_to_what_from_where(ann, draft):
    with acting(Actor(ann.id, ann.name, "192.0.2.7", "abc")):
        draft.publish()
    event = last()
    assert (event.action, event.subject_kind, event.subject_id) == ("post_published", "post", draft.id)
    assert (event.subject_label, event.actor_id, event.actor_name) == ("A draft", ann.id, "Ann Author")
    assert (event.address, event.request_id) == ("192.0.2.7", "abc")


def test_signal_waits_for_the_commit(draft):
    heard = []

    def hear(post, **details):
        heard.append(details)

    with signals.post_scheduled.connected_to(hear):
        at = datetime(2100, 1, 1, tzinfo=UTC)
        draft.schedule(at)
        assert heard == []
        db.session.commit()
        db.session.commit()
    assert heard == [{"at": at}]
    assert last().details == {"at": "2100-01-01T00:00:00+00:00"}


def test_nothing_happened_if_it_is_rolled_back(draft):
    heard = []

    def hear(post):
        heard.append(post)

    with signals.post_published.connected_to(hear):
        draft.publish()
        db.session.rollback()
        db.session.commit()
    assert heard == []
    assert not db.session.scalars(select(Event).where(Event.action == "post_published")).all()


def test_secret_is_heard_and_not_kept(ann):
    heard = []

    def hear(user, *, url):
        heard.append(url)

    with signals.password_forgotten.connected_to(hear):
        happened(signals.password_forgotten, ann, secret={"url": "https://example.org/secret"})
        db.session.commit()
    assert heard == ["https://example.org/secret"]
    assert last().details == {}


def test_subscriber_that_fails_undoes_nothing_and_stops_no_other(draft, caplog):
    heard = []

    def fail(post):
        raise RuntimeError("no mail today")

    def hear(post):
        heard.append(post)

    with signals.post_published.connected_to(fail), signals.post_published.connected_to(hear):
        draft.publish()
        db.session.commit()
    assert heard == [draft]
    assert db.session.get(Post, draft.id).is_published
    assert "post_published" in caplog.text


def test_log_outlives_its_people_and_subjects(ann, ben, draft):
    with acting(Actor(ben.id, ben.name)):
        draft.delete()
    db.session.commit()
    db.session.delete(ben)
    db.session.commit()
    event = db.session.scalars(select(Event).where(Event.action == "post_deleted")).one()
    db.session.refresh(event)
    assert (event.actor_id, event.actor_name, event.subject_label) == (None, "Ben Author", "A draft")
