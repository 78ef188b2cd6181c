"""Tells webhooks what happened: of each event once or more, in the order of the events, from the job queue.

What is to be sent follows from the audit log, whose rows are written by the transactions that they tell of:
nothing more has to survive a crash (docs/decisions/0061).
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.jobs.queue import later
from broadsheet.jobs.webhook_messages import message, site_address
from broadsheet.lib import clock, webhook_signing
from broadsheet.lib.lazy import lazily
from broadsheet.lib.outgoing import Address, Forbidden, Guard, ask, is_public
from broadsheet.models import Webhook, WebhookAttempt, WebhookDelivery, webhook_event
from broadsheet.models.webhook_delivery import ATTEMPTS, BODY_KEPT, Problem

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazily("httpx2")

EVERY = timedelta(minutes=1)
PATIENCE = 15.0  # seconds for one answer
LOOK = 2.0  # seconds for a name server, while somebody waits
ROUND = 50.0  # seconds after which other jobs get their turn
KNOWN_FOR = 10.0  # seconds for which a process takes the webhooks for what they were
KEY = "broadsheet_webhooks"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sending:
    """One attempt, as plain values: nothing is asked of the database while the target is."""

    webhook_id: int
    delivery_id: int
    attempt_id: int
    url: str
    body: bytes
    headers: dict[str, str]
    is_signed: bool


@dataclass(frozen=True)
class Outcome:
    status: int | None = None
    problem: Problem | None = None
    body: str = ""
    milliseconds: int | None = None
    wanted: float | None = None  # seconds for which the target asks


# -- after an event


def wake(signal: str) -> None:
    """Once an event is committed: whoever wants it gets a job. Which webhooks there are is remembered for a
    while: a site without any asks its database for nothing. One of which this process does not know yet is
    found by the chore."""
    for id, wanted in _known():
        if signal in wanted:
            later(deliver, id)


def _known() -> list[tuple[int, frozenset[str]]]:
    kept = current_app.extensions.get(KEY)
    if kept is None or time.monotonic() > kept[0]:
        with reading(), db.engine.connect() as connection:
            active = connection.execute(Webhook.active().with_only_columns(Webhook.id, Webhook.events))
            found = [(id, frozenset(webhook_event.actions(events))) for id, events in active]
        kept = current_app.extensions[KEY] = time.monotonic() + KNOWN_FOR, found
    return kept[1]


def forget_known() -> None:
    current_app.extensions.pop(KEY, None)


# -- jobs and chores


def deliver(id: int) -> None:
    """A job: sends the webhook all that is due, in order, unless another worker is at it."""
    begun = time.monotonic()
    while _claim(id):
        while sending := _begin(id):
            _end(sending, _send(sending))
            if time.monotonic() - begun > ROUND:
                break
        has_more = _release(id)
        if not has_more:
            return
        if time.monotonic() - begun > ROUND:
            later(deliver, id)
            return


def deliver_due(now: datetime) -> int:
    """A chore: whatever is due gets its job, should nobody have been woken for it."""
    ids = [one.id for one in db.session.scalars(select(Webhook)) if one.has_work()]
    for id in ids:
        later(deliver, id)
    return len(ids)


def forget_old(now: datetime) -> int:
    for webhook in db.session.scalars(select(Webhook).with_for_update()):
        webhook.collect_all()
        webhook.look_back_less(now)
    return WebhookDelivery.forget_old(now)


# -- where it may lead


def guard() -> Guard:
    own = current_app.config["BROADSHEET"].webhook_networks

    def allows(address: Address) -> bool:
        return is_public(address) or any(address in network for network in own)

    return Guard(allows=allows)


def look_up(url: str) -> None:
    """Raises Forbidden if it leads into a network that is not public, OSError if it leads nowhere.

    Nothing of a name server that takes its time: whoever asks may hold the lock of the database. Where the
    name leads is looked at once more whenever something is sent.
    """
    parts, guards = urlsplit(url), guard()
    problems: list[Exception] = []

    def ask_for_it() -> None:
        try:
            guards.address_of(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        except (Forbidden, OSError) as error:
            problems.append(error)
        except ValueError as error:  # no name or port that could be asked for
            problems.append(OSError(str(error)))

    asking = Thread(target=ask_for_it, daemon=True)
    asking.start()
    asking.join(LOOK)
    if problems:
        raise problems[0]


# -- one attempt


def _claim(id: int) -> bool:
    is_ours = Webhook.claim(id)
    db.session.commit()
    return is_ours


def _release(id: int) -> bool:
    """Whether something came meanwhile, of which another worker thought that it would be seen to here."""
    webhook = _webhook(id)
    if webhook is not None:
        webhook.release()
    has_work = webhook is not None and webhook.has_work()
    db.session.commit()
    return has_work


def _begin(id: int) -> Sending | None:
    webhook = _webhook(id)
    if webhook is None:
        db.session.rollback()
        return None
    webhook.collect()
    delivery = webhook.next_due()
    while delivery is not None and delivery.attempts_made >= ATTEMPTS:
        delivery.give_up()  # its last attempt was interrupted
        db.session.flush()
        delivery = webhook.next_due()
    sending = None if delivery is None else _prepared(webhook, delivery)
    db.session.commit()
    return sending


def _prepared(webhook: Webhook, delivery: WebhookDelivery) -> Sending:
    delivery.payload = delivery.payload or message(delivery)
    attempt = delivery.begin()
    webhook.renew()
    db.session.flush()
    body, keys = delivery.payload.encode(), webhook.secrets
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Broadsheet-Webhook (+{site_address()})",
        **webhook_signing.headers(keys, delivery.message_id, int(clock.now().timestamp()), body),
    }
    return Sending(webhook.id, delivery.id, attempt.id, webhook.url, body, headers, bool(keys))


def _send(sending: Sending) -> Outcome:
    if not sending.is_signed:
        return Outcome(problem=Problem.UNSIGNED)
    begun = time.monotonic()
    try:
        answer = ask(
            "POST",
            sending.url,
            guard=guard(),
            seconds=PATIENCE,
            headers=sending.headers,
            content=sending.body,
            with_body=True,
            longest=BODY_KEPT,
            follow=False,
        )
    except Exception as error:
        return Outcome(problem=_problem(error), milliseconds=_since(begun))
    is_busy = answer.status in (429, 503)
    return Outcome(
        status=answer.status,
        problem=_problem_of(answer.status),
        body=_visible(answer.body),
        milliseconds=_since(begun),
        wanted=answer.retry_after if is_busy else None,
    )


def _end(sending: Sending, outcome: Outcome) -> None:
    webhook = _webhook(sending.webhook_id)
    delivery = db.session.get(WebhookDelivery, sending.delivery_id, populate_existing=True)
    attempt = db.session.get(WebhookAttempt, sending.attempt_id)
    if webhook is None or delivery is None or attempt is None:  # deleted meanwhile
        db.session.rollback()
        return
    attempt.status, attempt.problem = outcome.status, outcome.problem
    attempt.body, attempt.milliseconds = outcome.body, outcome.milliseconds
    webhook.hear(delivery, status=outcome.status, problem=outcome.problem, wanted=outcome.wanted)
    db.session.commit()


def _webhook(id: int) -> Webhook | None:
    return db.session.get(Webhook, id, populate_existing=True, with_for_update=True)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _problem_of(status: int) -> Problem | None:
    if 200 <= status < 300:
        return None
    return Problem.REDIRECT if 300 <= status < 400 else Problem.STATUS


def _problem(error: Exception) -> Problem:
    if isinstance(error, Forbidden):
        return Problem.FORBIDDEN
    if isinstance(error, httpx2.TimeoutException):
        return Problem.TIMEOUT
    if isinstance(error, httpx2.NetworkError):
        said = str(error).lower()
        return Problem.CERTIFICATE if "certificate" in said or "ssl" in said else Problem.UNREACHABLE
    if not isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
        log.error("what came from a webhook could not be read", exc_info=error)
    return Problem.GARBLED


def _visible(body: bytes) -> str:
    """As text: no database takes every byte, and no page shows them."""
    text = body.decode("utf-8", "replace")
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)
