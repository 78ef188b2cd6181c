"""Jobs: how they are asked for, and how one is done."""

import hashlib
import importlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from blinker import Signal
from flask import Flask, current_app
from sqlalchemy import insert, select

from broadsheet.database import Session, writing
from broadsheet.extensions import db
from broadsheet.jobs import engine
from broadsheet.lib import clock, tracing
from broadsheet.models import Job
from broadsheet.models.job import ATTEMPTS

log = logging.getLogger(__name__)

ROOM = "broadsheet."  # a job is a function of ours, whatever a row says

_kept = Signal("a job is kept")  # none of the site's events: only its commit matters


def init_app(app: Flask) -> None:
    engine.init_app(app, perform)
    app.config.setdefault("JOBS_AT_ONCE", app.testing)
    app.config.setdefault("LINK_CHECKS", app.config["BROADSHEET"].check_links and not app.testing)
    _kept.connect(_wake)


def later(function: Callable[..., object], *arguments: Any, at: datetime | None = None) -> None:
    """Has the worker call `function(*arguments)` in a context of the app, and commit. At `at`, or soon.

    The job is part of the transaction that is under way, and waits for its commit; in a receiver of a signal,
    whose transaction is over, it is kept at once. `function` is one of a module of ours, found again by its
    name; `arguments` are what JSON can hold: ids, not models. The same job that waits already is not kept a
    second time. If it raises, its transaction is rolled back and it is tried again, seven times within a day.
    """
    name = _name_of(function)
    digest = hashlib.sha256(json.dumps([name, arguments], sort_keys=True).encode()).hexdigest()
    packed = Job.packed(list(arguments), tracing.request_id())
    values = {"function": name, "arguments": packed, "digest": digest, "run_at": at or clock.now()}
    session = cast(Session, db.session())
    if session.is_announcing:
        with writing(), db.engine.begin() as connection:
            if connection.scalar(_same(digest)) is not None:
                return
            id = connection.execute(insert(Job).values(**values).returning(Job.id)).scalar_one()
        _wake(id)
    elif db.session.scalar(_same(digest)) is None:
        job = Job(**values)
        db.session.add(job)
        db.session.flush()
        session.announce(_kept, job.id)


def perform_due() -> int:
    """Does all jobs whose time has come; how many there were."""
    ids = list(db.session.scalars(Job.due().with_only_columns(Job.id)))
    db.session.rollback()
    for id in ids:
        perform(current_app._get_current_object(), id)
    return len(ids)


def perform(app: Flask, id: int) -> None:
    """Does the job, if it is due and nobody else is at it."""
    with app.app_context(), writing():
        job = Job.claim(id)
        db.session.commit()
        if job is None:
            return
        if job.attempts > ATTEMPTS:
            job.fail(job.problem or "Its worker died over it.")
            db.session.commit()
            return
        with engine.busy(app, Job, id), tracing.for_request(job.request_id):
            try:
                _function(job.function)(*job.own_arguments)
                db.session.delete(db.session.get_one(Job, id))
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                log.exception("The job %s failed", job.function)
                db.session.get_one(Job, id, populate_existing=True).fail(f"{type(error).__name__}: {error}")
                db.session.commit()


def _wake(id: int) -> None:
    app = current_app._get_current_object()
    if app.config["JOBS_AT_ONCE"]:
        perform(app, id)
    else:
        engine.wake(app, id)


def _same(digest: str) -> Any:
    """The id of a job that does the same and has not begun."""
    return select(Job.id).where(Job.digest == digest, Job.failed_at.is_(None), Job.attempts == 0).limit(1)


def _name_of(function: Callable[..., object]) -> str:
    name = f"{function.__module__}:{function.__qualname__}"
    if _function(name) is not function:
        raise ValueError(f"{name} cannot be found by its name")
    return name


def _function(name: str) -> Callable[..., object]:
    module, _, function = name.partition(":")
    if not module.startswith(ROOM):
        raise ValueError(f"{name} is no function of the site")
    return cast(Callable[..., object], getattr(importlib.import_module(module), function))
