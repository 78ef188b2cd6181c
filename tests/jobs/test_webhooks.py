"""Webhooks: a real receiver on this machine is told what happens, in order, until it has it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from broadsheet import jobs, signals
from broadsheet.extensions import db
from broadsheet.jobs import webhooks
from broadsheet.jobs.webhook_messages import API, NOUNS
from broadsheet.lib import clock, tokens, webhook_signing
from broadsheet.models import Event, Invitation, Message, Page, Post, Role, User, Webhook, WebhookDelivery
from broadsheet.models.event import Actor, acting
from broadsheet.models.webhook import DEAD_AFTER, OVERLAP, Because
from broadsheet.models.webhook_delivery import ATTEMPTS, KEPT, RETRIES, DeliveryState, Problem
from broadsheet.models.webhook_event import DETAILS, PRIVATE, TYPES
from receiver import Receiver, receiver
from stage import person

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def target() -> Iterator[Receiver]:
    with receiver() as target:
        yield target


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """Of an owner who lets webhooks lead to this machine."""
    app = make_app(BROADSHEET_WEBHOOK_NETWORKS="127.0.0.1", BROADSHEET_SITE_URL="https://news.example")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app


@pytest.fixture
def webhook(app: Flask, target: Receiver, ada: User) -> Webhook:
    made = Webhook.create(name="Newsletter", url=target.url, events=["*"], by=ada)
    db.session.commit()
    return made


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[str]]:
    """The mails that were written."""
    folder = Path(app.instance_path) / "outbox"

    def letters() -> list[str]:
        found = (message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml"))
        return [str(one.get_content()) for one in found]

    return letters


def chore(name: str) -> None:
    db.session.commit()
    (one,) = (one for one in jobs.CHORES if one.name == name)
    jobs.do(one, at_once=True)
    db.session.rollback()
    db.session.expire_all()


def deliveries() -> list[WebhookDelivery]:
    db.session.expire_all()
    return list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


# -- what is told


def test_every_event_is_offered_or_private() -> None:
    assert set(TYPES.values()) | PRIVATE == set(signals.every())
    assert not set(TYPES.values()) & PRIVATE
    assert set(DETAILS) <= set(TYPES)


def test_a_publication_is_told_signed_and_by_its_addresses(
    webhook: Webhook, target: Receiver, draft: Post, ann: User
) -> None:
    target.received.clear()
    with acting(Actor(ann.id, ann.name)):
        draft.publish()
        db.session.commit()
    (got,) = target.received
    event = db.session.scalars(select(Event).where(Event.action == "post_published")).one()
    assert got.told == {
        "type": "post.published",
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": draft.id,
            "title": "A draft",
            "url": f"https://news.example/post/{draft.id}/a-draft",
            "api_url": f"https://news.example/api/v1/posts/{draft.id}",
            "by": {"id": ann.id, "name": "Ann Author"},
        },
    }
    assert webhook.secret
    assert got.signatures() == [got.signed_with(webhook.secret)]
    assert got.headers["content-type"] == "application/json"
    (delivery,) = [one for one in deliveries() if one.message_id == got.id]
    (attempt,) = delivery.attempts
    assert (delivery.state, attempt.status, attempt.problem) == (DeliveryState.DELIVERED, 204, None)
    assert attempt.milliseconds is not None


def test_programs_find_each_thing_where_they_are_told(app: Flask) -> None:
    rules = app.url_map.bind("localhost")
    assert [noun for noun in NOUNS.values() if not rules.test(f"{API}/{noun}/1", method="GET")] == []


def test_nothing_that_visitors_wrote_and_no_way_in_leaves_the_site(
    webhook: Webhook, target: Receiver, draft: Post, ada: User
) -> None:
    draft.revise(by=ada, title="Secret plans", body="The text of a draft.")
    Message.receive(name="Vera", email="vera@example.com", subject="My illness", body="The letter.")
    token = tokens.new_token()
    Invitation.create(email="new@example.com", role=Role.READER, by=ada, token=token, url=f"/{token}")
    ada.set_password("another horse battery")
    db.session.commit()
    assert {"post.revised", "message.received"} <= set(target.types())
    assert not {"password.changed", "invitation.created"} & set(target.types())
    (message,) = (one.told["data"] for one in target.received if one.told["type"] == "message.received")
    assert (message["title"], message["url"], message["by"]) == (None, None, None)
    (revised,) = (one.told["data"] for one in target.received if one.told["type"] == "post.revised")
    assert revised["url"] is None  # nobody sees it there
    sent = b" ".join(one.body for one in target.received).decode()
    for said in ("Vera", "vera@", "illness", "letter", "text of a draft", "new@example.com", token):
        assert said not in sent


def test_only_what_was_chosen_is_told(webhook: Webhook, target: Receiver, post: Post, page: Page) -> None:
    webhook.change(events=["page.trashed"])
    db.session.commit()
    target.received.clear()
    post.trash()
    page.trash()
    db.session.commit()
    assert target.types() == ["page.trashed"]


def test_what_is_chosen_later_is_told_from_then_on_and_what_was_chosen_before_all_the_while(
    webhook: Webhook, target: Receiver, draft: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook.change(events=["post.published"])
    db.session.commit()
    target.received.clear()
    monkeypatch.setattr(webhooks, "wake", lambda signal: None)
    for is_changed in (False, True):
        draft.publish()
        draft.unpublish()
        if not is_changed:
            webhook.change(events=["post.published", "post.unpublished"])
        db.session.commit()
    chore("deliver_webhooks")
    assert target.types() == ["post.published", "post.published", "post.unpublished"]


def test_what_is_rolled_back_never_happened(webhook: Webhook, target: Receiver, draft: Post) -> None:
    target.received.clear()
    draft.publish()
    db.session.rollback()
    chore("deliver_webhooks")
    assert target.received == []


def test_without_a_webhook_an_event_costs_nothing(app: Flask, draft: Post, queries: Queries) -> None:
    with queries() as asked:
        draft.publish()
        db.session.commit()
        draft.unpublish()
        db.session.commit()
    assert [one for one in asked if "webhook" in one][1:] == []


# -- order, and what fails


def test_what_happens_later_waits_for_what_happened_first(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    target.received.clear()
    target.answers += [(500, {})]
    draft.publish()
    db.session.commit()
    draft.unpublish()
    db.session.commit()
    assert target.types() == ["post.published"]
    with time_machine.travel(clock.now() + RETRIES[0] + timedelta(seconds=1)):
        chore("deliver_webhooks")
    assert target.types() == ["post.published", "post.published", "post.unpublished"]
    first, again, _ = target.received
    assert (first.id, first.body) == (again.id, again.body)
    failed, done = next(one for one in deliveries() if one.message_id == first.id).attempts
    assert (failed.status, failed.problem, done.status) == (500, Problem.STATUS, 204)
    assert failed.body.startswith("I say \ufffd500x")
    assert len(failed.body) == 1000


def test_a_target_that_is_away_is_tried_for_more_than_a_day_and_given_up(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    db.session.execute(update(Webhook).values(url="http://127.0.0.1:1/"))
    db.session.commit()
    begun = clock.now()
    draft.publish()
    db.session.commit()
    (delivery,) = [one for one in deliveries() if one.type == "post.published"]
    while delivery.state is DeliveryState.WAITING:
        at = delivery.next_attempt_at
        with time_machine.travel(at + timedelta(seconds=1)):
            chore("deliver_webhooks")
    assert len(delivery.attempts) == ATTEMPTS
    assert at - begun > timedelta(days=1)
    assert {one.problem for one in delivery.attempts} == {Problem.UNREACHABLE}
    assert webhook.is_active


def test_a_target_that_asks_for_patience_gets_it_within_bounds(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    for wanted, at_least in (("3600", timedelta(minutes=59)), ("99999999999", timedelta(hours=23))):
        target.answers = [(503, {"Retry-After": wanted})]
        draft.publish()
        db.session.commit()
        waiting = [one for one in deliveries() if one.state is DeliveryState.WAITING]
        pause = waiting[0].next_attempt_at - clock.now()
        assert at_least < pause < timedelta(days=1, minutes=1)
        with time_machine.travel(waiting[0].next_attempt_at + timedelta(seconds=1)):
            chore("deliver_webhooks")
        draft.unpublish()
        db.session.commit()


@pytest.mark.parametrize(
    ("status", "headers", "problem"),
    [(302, {"Location": "/elsewhere"}, Problem.REDIRECT), (404, {}, Problem.STATUS)],
)
def test_only_success_counts_and_no_redirect_is_followed(
    webhook: Webhook, target: Receiver, draft: Post, status: int, headers: dict[str, str], problem: Problem
) -> None:
    target.received.clear()
    target.answers = [(status, headers)]
    draft.publish()
    db.session.commit()
    assert len(target.received) == 1
    (attempt,) = next(one for one in deliveries() if one.type == "post.published").attempts
    assert (attempt.status, attempt.problem) == (status, problem)


def test_an_address_within_our_network_is_never_asked(
    app: Flask, webhook: Webhook, target: Receiver, draft: Post
) -> None:
    target.received.clear()
    settings = app.config["BROADSHEET"]
    object.__setattr__(settings, "webhook_networks", ())  # as its owner might set it since
    draft.publish()
    db.session.commit()
    assert target.received == []
    (attempt,) = next(one for one in deliveries() if one.type == "post.published").attempts
    assert (attempt.status, attempt.problem) == (None, Problem.FORBIDDEN)


# -- switched off


def test_a_target_that_is_gone_for_good_is_told_nothing_more(
    webhook: Webhook, target: Receiver, draft: Post, ada: User, outbox: Callable[[], list[str]]
) -> None:
    target.received.clear()
    target.answers = [(410, {})]
    draft.publish()
    db.session.commit()
    draft.unpublish()
    db.session.commit()
    assert target.types() == ["post.published"]
    db.session.refresh(webhook)
    assert webhook.off_because is Because.GONE
    (letter,) = outbox()
    assert "Newsletter" in letter
    assert f"/desk/webhooks/{webhook.id}" in letter


def test_a_dead_target_is_switched_off_when_days_of_failures_are_over(
    webhook: Webhook, target: Receiver, draft: Post, outbox: Callable[[], list[str]]
) -> None:
    db.session.execute(update(Webhook).values(url="http://127.0.0.1:1/"))
    db.session.commit()
    draft.publish()
    db.session.commit()
    draft.unpublish()
    db.session.commit()
    first, second = deliveries()[-2:]
    for since, is_active in ((DEAD_AFTER - timedelta(hours=1), True), (DEAD_AFTER, False)):
        failing = update(Webhook).values(failing_since=clock.now() - since)
        db.session.execute(failing)
        last = update(WebhookDelivery).values(attempts_made=ATTEMPTS - 1, next_attempt_at=clock.now())
        db.session.execute(last)
        db.session.execute(last.where(WebhookDelivery.id == second.id).values(attempts_made=ATTEMPTS - 1))
        if is_active:
            db.session.execute(
                update(WebhookDelivery)
                .where(WebhookDelivery.id == second.id)
                .values(next_attempt_at=clock.now() + timedelta(hours=1))
            )
        db.session.commit()
        chore("deliver_webhooks")
        assert db.session.get_one(Webhook, webhook.id).is_active is is_active
    assert [one.state for one in (first, second)] == [DeliveryState.GIVEN_UP] * 2
    assert db.session.get_one(Webhook, webhook.id).off_because is Because.DEAD
    assert len(outbox()) == 1


def test_one_that_is_on_again_is_told_nothing_of_what_it_missed(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    webhook.switch_off()
    db.session.commit()
    target.received.clear()
    draft.publish()
    db.session.commit()
    webhook.switch_on()
    db.session.commit()
    draft.unpublish()
    db.session.commit()
    chore("deliver_webhooks")
    assert target.types() == ["post.unpublished"]


# -- tests, again, secrets


def test_a_test_is_sent_once_and_before_all_that_waits(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    target.received.clear()
    target.answers = [(500, {}), (500, {})]
    draft.publish()
    db.session.commit()
    webhook.test()
    jobs.later(webhooks.deliver, webhook.id)
    db.session.commit()
    assert target.types() == ["post.published", "webhook.test"]
    assert deliveries()[-1].state is DeliveryState.GIVEN_UP


def test_what_is_sent_again_has_the_same_id_and_body(webhook: Webhook, target: Receiver, draft: Post) -> None:
    target.received.clear()
    draft.publish()
    db.session.commit()
    assert webhook.send_again(deliveries()[-1])
    jobs.later(webhooks.deliver, webhook.id)
    db.session.commit()
    first, again = target.received
    assert (first.id, first.body) == (again.id, again.body)
    assert len(deliveries()[-1].attempts) == 2


def test_for_a_day_both_secrets_sign(webhook: Webhook, target: Receiver, draft: Post) -> None:
    former = webhook.secret
    webhook.change_secret()
    draft.publish()
    db.session.commit()
    got = target.received[-1]
    assert former
    assert webhook.secret
    assert got.signatures() == [got.signed_with(webhook.secret), got.signed_with(former)]
    with time_machine.travel(clock.now() + OVERLAP + timedelta(seconds=1)):
        assert webhook.secrets == [webhook.secret]


def test_without_the_key_of_its_secret_nothing_is_sent(
    app: Flask, webhook: Webhook, target: Receiver, draft: Post
) -> None:
    target.received.clear()
    app.config["SECRET_KEY"] = app.secret_key = "another secret key altogether"
    draft.publish()
    db.session.commit()
    assert target.received == []
    assert deliveries()[-1].attempts[0].problem is Problem.UNSIGNED


# -- what is lost by nothing


def test_an_event_for_which_nobody_was_woken_is_found(
    webhook: Webhook, target: Receiver, draft: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the process ends just after its commit."""
    target.received.clear()
    monkeypatch.setattr(webhooks, "wake", lambda signal: None)
    draft.publish()
    db.session.commit()
    assert target.received == []
    chore("deliver_webhooks")
    assert target.types() == ["post.published"]


def test_an_event_that_is_committed_late_is_told_all_the_same(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    """One whose transaction began before, and so has a lower id than what was told already."""
    draft.publish()
    db.session.commit()
    target.received.clear()
    late = db.session.scalars(select(Event).where(Event.action == "post_created")).one()
    db.session.execute(
        update(WebhookDelivery).where(WebhookDelivery.event_id == late.id).values(event_id=late.id + 10_000)
    )
    db.session.commit()
    chore("deliver_webhooks")
    assert target.types() == ["post.created"]


def test_two_workers_do_not_send_the_same(webhook: Webhook, target: Receiver, draft: Post) -> None:
    assert Webhook.claim(webhook.id)
    target.received.clear()
    draft.publish()
    db.session.commit()
    assert target.received == []
    db.session.refresh(webhook)
    webhook.release()
    db.session.commit()
    chore("deliver_webhooks")
    assert target.types() == ["post.published"]


def test_an_attempt_that_a_crash_interrupted_is_seen_and_made_again(
    webhook: Webhook, target: Receiver, draft: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.received.clear()
    send = webhooks._send

    def die(sending: webhooks.Sending) -> webhooks.Outcome:
        send(sending)
        raise SystemExit  # after the target has it, before anything is written down

    monkeypatch.setattr(webhooks, "_send", die)
    draft.publish()
    with pytest.raises(SystemExit):
        db.session.commit()
    monkeypatch.setattr(webhooks, "_send", send)
    db.session.rollback()
    db.session.execute(update(Webhook).values(claimed_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    chore("deliver_webhooks")
    first, again = target.received
    assert first.id == again.id
    interrupted, done = deliveries()[-1].attempts
    assert (interrupted.status, interrupted.problem, done.status) == (None, None, 204)


def test_old_deliveries_are_forgotten_and_no_event_is_told_twice(
    webhook: Webhook, target: Receiver, draft: Post
) -> None:
    draft.publish()
    db.session.commit()
    target.received.clear()
    with time_machine.travel(clock.now() + KEPT + timedelta(hours=1)):
        chore("forget_webhook_deliveries")
        assert deliveries() == []
        chore("deliver_webhooks")
    assert target.received == []
    assert db.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 0


def test_a_secret_is_no_plain_text_in_the_database(webhook: Webhook) -> None:
    assert webhook.secret
    assert webhook.secret.startswith(webhook_signing.PREFIX)
    assert webhook.secret not in webhook.sealed_secret
