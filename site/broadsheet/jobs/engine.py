"""huey, as we use it: it wakes the worker and runs its threads.

huey forgets a task at the moment at which it is handed to a thread (at most once, by its author's choice:
huey issues 844 and 571), so nothing is kept in it that would be missed. What must not be lost is in the
tables of models/job.py.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask

from broadsheet.config import Settings
from broadsheet.lib import clock
from broadsheet.lib.lazy import lazily
from broadsheet.models import ChoreRun, Job

if TYPE_CHECKING:
    import huey
    from huey import serializer
else:
    huey, serializer = lazily("huey"), lazily("huey.serializer")

log = logging.getLogger(__name__)

FILE = "jobs.sqlite3"
KEY = "broadsheet_jobs"
PATIENCE = 10  # seconds to wait for another process that writes the file

Perform = Callable[[Flask, int], None]


@dataclass
class Engine:
    """Of one app in one process: huey, once somebody needs it, and what is being done just now."""

    perform: Perform
    lock: Lock = field(default_factory=Lock)
    huey: huey.Huey | None = None
    process: int = 0
    wake: Callable[[int], object] = lambda id: None
    jobs: set[int] = field(default_factory=set)
    chores: set[str] = field(default_factory=set)


def init_app(app: Flask, perform: Perform) -> None:
    app.extensions[KEY] = Engine(perform)


def engine_of(app: Flask) -> Engine:
    return app.extensions[KEY]


def huey_of(app: Flask) -> huey.Huey:
    """Made when it is first needed. A connection must not cross a fork, so each process has its own."""
    engine = engine_of(app)
    with engine.lock:
        if engine.huey is None or engine.process != os.getpid():
            engine.huey = made(app.config["BROADSHEET"], app.secret_key)
            engine.process = os.getpid()

            @engine.huey.task(name="perform")
            def perform(id: int) -> None:
                engine.perform(app, id)

            engine.wake = perform
        return engine.huey


def made(settings: Settings, secret: Any) -> huey.Huey:
    # huey pickles what it keeps: nothing that is not signed by us may be unpickled, whoever writes to Redis.
    signed = serializer.SignedSerializer(secret=secret, salt="jobs")
    # Sites that share a Redis do not take each other's jobs; machines that share a site do.
    name = "broadsheet" + hashlib.sha256(str(secret).encode()).hexdigest()[:12]
    common = {"results": False, "serializer": signed}
    if settings.redis_url:
        return huey.RedisHuey(name, url=settings.redis_url, **common)
    return huey.SqliteHuey(name, filename=str(settings.instance / FILE), timeout=PATIENCE, **common)


def wake(app: Flask, id: int) -> None:
    """Tells a worker of the job. If that fails, a worker finds its row within a minute."""
    try:
        huey_of(app)
        engine_of(app).wake(id)
    except Exception as error:
        log.warning("No worker could be woken (%s); it finds the job by itself", error)


def every_minute(app: Flask, sweep: Callable[[], None]) -> None:
    huey_of(app).periodic_task(huey.crontab(), name="sweep")(sweep)


# -- what is being done just now, so that its claim can be renewed


@contextmanager
def busy(app: Flask, table: type[Job] | type[ChoreRun], key: Any) -> Iterator[None]:
    engine = engine_of(app)
    doing: set[Any] = engine.jobs if table is Job else engine.chores
    doing.add(key)
    try:
        yield
    finally:
        doing.discard(key)


# -- the sign of life


def beat(app: Flask) -> None:
    huey_of(app).put(
        "beat", {"at": clock.now().isoformat(), "host": socket.gethostname(), "pid": os.getpid()}
    )


def last_beat(app: Flask) -> datetime | None:
    try:
        found = huey_of(app).get("beat", peek=True)
    except Exception as error:
        log.warning("The worker's sign of life cannot be read: %s", error)
        return None
    return datetime.fromisoformat(found["at"]) if found else None
