"""`/metrics`: what Prometheus asks for, of all server processes together, behind a token."""

import hmac
import platform
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from broadsheet import jobs
from broadsheet.config import Settings
from broadsheet.doctor import facts
from broadsheet.extensions import db
from broadsheet.lib import backups, clock
from broadsheet.lib.metrics import MEDIA_TYPE, family, histogram
from broadsheet.lib.release import VERSION
from broadsheet.web.counting import BOUNDS, CLASSES, counts_of

blueprint = Blueprint("metrics", __name__)

Row = dict[str, float]


@blueprint.get("/metrics")
def show() -> ResponseReturnValue:
    settings: Settings = current_app.config["BROADSHEET"]
    if not settings.metrics_token:
        abort(404)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_known = hmac.compare_digest(token.strip().encode(), settings.metrics_token.encode())
    if scheme.lower() != "bearer" or not is_known:
        # Werkzeug quotes only what has to be, as a blank; a realm always is (RFC 9110, 11.5).
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "Broadsheet metrics"}))
    text = "".join([*of_processes(), *of_store(), *of_house(settings)])
    return text, 200, {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}


def of_processes() -> Iterator[str]:
    rows = counts_of(current_app._get_current_object()).rows()

    def total(name: str) -> float:
        return sum(row[name] for row in rows)

    build = {"version": VERSION, "python": platform.python_version(), "database": db.engine.dialect.name}
    yield family("broadsheet_build_info", "gauge", "Which Broadsheet this is.", [(build, 1)])
    answered = [({"by": "application", "status": each}, total(f"requests {each}")) for each in CLASSES]
    unchanged = total("unchanged")
    answered += [
        ({"by": "press", "status": "2xx"}, total("pressed") - unchanged),
        ({"by": "press", "status": "3xx"}, unchanged),
    ]
    yield family("broadsheet_requests_total", "counter", "Answers, without files of static/.", answered)
    yield histogram(
        "broadsheet_request_duration_seconds",
        "How long the application took; what the press had at hand took microseconds, and is not in it.",
        BOUNDS,
        [*(total(f"within {bound}") for bound in BOUNDS), total("slower")],
        total("seconds"),
    )
    for name, column, meaning in (
        ("hits", "pressed", "Answers that the press gave without the application."),
        ("misses", "made", "Answers that the application had to make for visitors."),
        ("revalidations", "kept", "Pages of an earlier edition that were found right still."),
        ("evictions", "let go", "Pages that were let go of for want of room."),
    ):
        yield family(f"broadsheet_press_{name}_total", "counter", meaning, [({}, total(column))])
    for name, column, meaning in (
        ("press_bytes", "press bytes", "What the press of each process keeps."),
        ("press_pages", "press pages", "Pages of the newest edition that it keeps."),
        ("process_resident_memory_bytes", "memory", "Memory that each process holds, shared parts too."),
        ("process_threads", "threads", "Threads of each process."),
    ):
        each = [({"process": number}, row[column]) for number, row in enumerate(rows)]
        yield family(f"broadsheet_{name}", "gauge", meaning, each)
    edition = max(row["edition"] for row in rows)
    yield family("broadsheet_edition", "gauge", "The newest edition that any process knows.", [({}, edition)])


def of_store() -> Iterator[str]:
    """Nothing but that it is away, when it is."""
    try:
        found, size = jobs.status(), facts.database_size()
    except SQLAlchemyError:
        db.session.rollback()
        yield family("broadsheet_database_up", "gauge", "Whether the database answers.", [({}, 0)])
        return
    yield family("broadsheet_database_up", "gauge", "Whether the database answers.", [({}, 1)])
    yield family("broadsheet_database_bytes", "gauge", "Its size.", [({}, size)])
    states = [({"state": "waiting"}, found.waiting), ({"state": "failed"}, found.given_up)]
    yield family("broadsheet_jobs", "gauge", "Jobs that wait, and that failed for good.", states)
    yield family(
        "broadsheet_jobs_oldest_seconds",
        "gauge",
        "How long the oldest job waits.",
        [({}, age(found.waiting_since) or 0)],
    )
    failing = len(found.failing)
    yield family("broadsheet_chores_failing", "gauge", "Chores whose last run failed.", [({}, failing)])
    yield family(
        "broadsheet_worker_up", "gauge", "Whether a worker gives signs of life.", [({}, found.is_alive)]
    )


def of_house(settings: Settings) -> Iterator[str]:
    mails = facts.mails()
    states = [({"state": "waiting"}, mails.waiting), ({"state": "refused"}, mails.refused)]
    yield family("broadsheet_mails", "gauge", "Mails that are not sent; one to many counts once.", states)
    oldest = mails.oldest.total_seconds() if mails.oldest else 0
    yield family("broadsheet_mails_oldest_seconds", "gauge", "How long the oldest waits.", [({}, oldest)])
    free = facts.free_space(settings)
    yield family("broadsheet_disk_free_bytes", "gauge", "Of the instance folder's disk.", [({}, free)])
    backup = age(backups.newest(settings.backups))
    yield family("broadsheet_backup_age_seconds", "gauge", "Age of the newest backup.", [({}, backup)])


def age(since: datetime | None) -> float | None:
    return None if since is None else max((clock.now() - since).total_seconds(), 0)
