"""Chores: what the worker does again and again. The table says what, and how often."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from broadsheet.database import reading, writing
from broadsheet.extensions import db
from broadsheet.jobs import backups, engine, link_checks, webhooks
from broadsheet.lib import clock
from broadsheet.media import upkeep
from broadsheet.models import (
    ApiToken,
    ChoreRun,
    IdempotencyKey,
    Job,
    Message,
    OutgoingAddress,
    Page,
    Post,
    Presence,
    PreviewLink,
    RelatedPost,
    Submission,
    Visit,
)
from broadsheet.models.autosaved import thin_autosaves
from broadsheet.models.job import CHORE_RETRIES

log = logging.getLogger(__name__)

KEEP_GIVEN_UP = timedelta(days=30)


@dataclass(frozen=True)
class Chore:
    """`function(now)` runs in a context of the app and returns how much it did; the worker commits.

    It may be done twice and must not take much longer than a minute: a large heap is carried away in parts.
    Whoever asks other machines in it commits before, so that no transaction stays open meanwhile.
    """

    name: str
    every: timedelta
    function: Callable[[datetime], int]
    # Called once with the name and the problem, when it has failed so often that it waits for its time again.
    tell: Callable[[str, str], None] | None = None


def forget_given_up(now: datetime) -> int:
    """Jobs that were given up stay in sight for a month."""
    gone = db.session.execute(delete(Job).where(Job.failed_at < now - KEEP_GIVEN_UP))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE has one


def forget_unlinked(now: datetime) -> int:
    return OutgoingAddress.forget_unlinked()


def purge_trash(now: datetime) -> int:
    return Post.purge_trash(now) + Page.purge_trash(now)


def thin_out_visits(now: datetime) -> int:
    return Visit.thin_out(now.date())


def render_anew(now: datetime) -> int:
    return Post.render_anew(now) + Page.render_anew(now)


def purge_incoming(now: datetime) -> int:
    """What visitors sent ends 30 days after it went into the trash, spam 90 days after it came."""
    return Message.purge(now) + Submission.purge(now)


CHORES: tuple[Chore, ...] = (
    Chore("render_anew", timedelta(minutes=1), render_anew),
    Chore("check_links", link_checks.EVERY, link_checks.check_due),
    Chore("forget_unlinked_addresses", timedelta(days=1), forget_unlinked),
    Chore(backups.MAKE, backups.EVERY, backups.back_up, backups.tell_of_failure),
    Chore(backups.SEND, backups.EVERY, backups.send, backups.tell_of_failure),
    Chore("deliver_webhooks", webhooks.EVERY, webhooks.deliver_due),
    Chore("forget_webhook_deliveries", timedelta(days=1), webhooks.forget_old),
    Chore("purge_trash", timedelta(hours=1), purge_trash),
    Chore("purge_incoming", timedelta(hours=1), purge_incoming),
    Chore("thin_out_autosaves", timedelta(minutes=20), thin_autosaves),
    Chore("forget_presences", timedelta(days=1), Presence.forget_stale),
    Chore("thin_out_visits", timedelta(days=1), thin_out_visits),
    Chore("forget_ended_preview_links", timedelta(days=1), PreviewLink.forget_ended),
    Chore("forget_ended_tokens", timedelta(days=1), ApiToken.forget_ended),
    Chore("forget_old_idempotency_keys", timedelta(hours=1), IdempotencyKey.forget_old),
    Chore("reckon_related_posts", timedelta(minutes=1), RelatedPost.reckon_missing),
    Chore("forget_given_up_jobs", timedelta(days=1), forget_given_up),
    Chore("make_missing_sizes", timedelta(minutes=5), upkeep.make_missing_sizes),
    Chore("throw_away_leftover_uploads", timedelta(hours=6), upkeep.throw_away_leftovers),
)


# What these throw away for its age is gone for good.
PURGES = frozenset(
    {
        *("purge_trash", "purge_incoming", "thin_out_autosaves", "thin_out_visits"),
        *("forget_ended_preview_links", "forget_ended_tokens", "throw_away_leftover_uploads"),
        "forget_webhook_deliveries",
    }
)
LEAP = timedelta(days=1)


def do_all_due() -> int:
    """Does every chore whose time has come, if no other worker is at it; how many were done."""
    with reading():
        known = set(db.session.scalars(select(ChoreRun.name)))
        last_life = ChoreRun.last_life()
        not_yet = set(db.session.scalars(ChoreRun.names_not_due()))
        db.session.rollback()
    with writing():
        for chore in CHORES:
            if chore.name not in known:
                _introduce(chore.name)
        if last_life is not None and clock.now() - last_life > LEAP:
            not_yet |= _put_purges_off()
        return sum(do(chore) for chore in CHORES if chore.name not in not_yet)


def _put_purges_off() -> set[str]:
    """The site was off, or its clock leaps. Somebody may put that right before anything is gone: what would
    throw away waits for its own time once more."""
    now = clock.now()
    for chore in CHORES:
        if chore.name in PURGES:
            ChoreRun.put_off(chore.name, now + chore.every)
    db.session.commit()
    return set(PURGES)


def do(chore: Chore, *, at_once: bool = False) -> bool:
    """Does the chore if it is due, or in any case `at_once`; whether it was done."""
    app: Flask = current_app._get_current_object()
    with app.app_context(), writing():
        if not _claim(chore, at_once):
            return False
        with engine.busy(app, ChoreRun, chore.name):
            try:
                count = chore.function(clock.now())
                db.session.get_one(ChoreRun, chore.name, populate_existing=True).finish(count)
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                log.exception("The chore %s failed", chore.name)
                run = db.session.get_one(ChoreRun, chore.name, populate_existing=True)
                run.fail(f"{type(error).__name__}: {error}")
                if chore.tell and run.failures == CHORE_RETRIES:
                    chore.tell(chore.name, str(error))
                db.session.commit()
    return True


def _claim(chore: Chore, at_once: bool) -> bool:
    if at_once:
        _introduce(chore.name)
        db.session.get_one(ChoreRun, chore.name).due_at = clock.now()
    is_ours = ChoreRun.claim(chore.name, chore.every)
    db.session.commit()
    return is_ours


def _introduce(name: str) -> None:
    if db.session.get(ChoreRun, name) is not None:
        return
    db.session.add(ChoreRun(name=name))
    try:
        db.session.commit()
    except IntegrityError:  # another worker has just done so
        db.session.rollback()
