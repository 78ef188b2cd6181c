"""Visits: how often each page is read, counted without cookie, address or script, at no cost to the reader.

A page that was shown adds one to a number in this process's memory. A thread writes the numbers down every
few seconds, and once more when the process ends. What is kept is a day, an hour, a page, the host from which
somebody came; nothing by which two visits could be known to be one person's (docs/decisions/0025).
"""

import atexit
import datetime as dt
import logging
import os
import time
from collections import Counter, deque
from multiprocessing import util
from threading import Event, Lock, Thread
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.lib.readers import Place, host_of, is_browser, is_reading, place_of
from broadsheet.models import Ability, Site, Visit
from broadsheet.models.visit import DIRECT, ELSEWHERE, Tally
from broadsheet.web.headers import PUBLIC_BLUEPRINTS
from broadsheet.web.press.sheet import KEY, sheet_of

log = logging.getLogger(__name__)

COUNTED = PUBLIC_BLUEPRINTS | {"contact", "submit"}
WRITE_EVERY = 5.0  # seconds
SEEN_AT_ONCE = 5_000
KEYS_IN_MEMORY = (
    5_000  # beyond it referrers are no longer told apart; beyond twice as many, nothing new is kept
)
SLOT = 900  # seconds: every time zone differs from UTC by a multiple of it, so the day can be told later
LONGEST_PATH = 300
LONGEST_AGENT, LONGEST_REFERRER = 300, 500

Seen = tuple[Place, str, str | None]  # where, user agent, referrer


def init_app(app: Flask) -> None:
    app.extensions["broadsheet_visits"] = Visits(app)
    app.after_request(look)


def look(response: Response) -> Response:
    if (
        response.status_code == 200
        and request.method == "GET"
        and request.blueprint in COUNTED
        and response.mimetype == "text/html"
        and not current_user.can(Ability.WRITE)
    ):
        if KEY in request.environ:  # who gets it from the press is counted there
            sheet_of(request.environ).is_counted = True
        else:
            current_app.extensions["broadsheet_visits"].see(place_of(request.environ), request.environ)
    return response


class Visits:
    """The numbers in memory, and one thread a process that writes them down."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._seen: deque[Seen] = deque()
        self._counts: dict[tuple[int, str, str], list[int]] = {}
        self._lock, self._writing = Lock(), Lock()
        self._wake, self._closing = Event(), Event()
        self._thread: Thread | None = None
        self._process = 0

    def see(self, place: Place, environ: dict[str, Any]) -> None:
        """A page was shown that exists: each path becomes a row. All that can wait is done later, thousands
        at a time."""
        agent = environ.get("HTTP_USER_AGENT")
        if agent is None or not is_reading(environ):
            return
        seen = self._seen
        referrer = environ.get("HTTP_REFERER")
        # Cut before it waits: nobody fills the memory with a header.
        seen.append((place, agent[:LONGEST_AGENT], referrer and referrer[:LONGEST_REFERRER]))
        if self._thread is None:
            self._open()
        if len(seen) > SEEN_AT_ONCE:
            self._add_up()
            if len(self._counts) > KEYS_IN_MEMORY:
                self._wake.set()

    def _add_up(self) -> None:
        with self._lock:
            seen = Counter([self._seen.popleft() for _ in range(len(self._seen))])
            now = int(time.time())
            for (place, agent, referrer), times in seen.items():
                self._count(now, place, agent, referrer or "", times)

    def _count(self, now: int, place: Place, user_agent: str, referrer: str, times: int) -> None:
        path, host = place
        path = path.encode("latin-1").decode("utf-8", "replace")  # WSGI hands bytes on in this disguise
        if not is_browser(user_agent) or len(path) > LONGEST_PATH:
            return
        came_from = host_of(referrer) if referrer else DIRECT
        from_us = bool(came_from) and came_from == host.partition(":")[0].removeprefix("www.").lower()
        key = (now // SLOT, path, DIRECT if from_us else came_from)
        self._add(key, times, 0 if from_us else times)

    def write(self) -> None:
        """Writes down what was counted. What cannot be written waits in memory for the next time."""
        with self._writing:
            self._add_up()
            with self._lock:
                counts, self._counts = self._counts, {}
            if not counts:
                return
            try:
                with self.app.app_context():
                    with reading():
                        zone = ZoneInfo(Site.load().timezone or "UTC")
                        db.session.remove()
                    with db.engine.begin() as connection:
                        Visit.add(connection, tallied(counts, zone))
            except SQLAlchemyError as error:
                log.warning("visits could not be written down yet: %s", getattr(error, "orig", error))
                with self._lock:
                    for key, (views, arrivals) in counts.items():
                        self._add(key, views, arrivals)

    def close(self) -> None:
        """Ends the thread and writes the rest."""
        if self._process != os.getpid():
            return
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(WRITE_EVERY)
        self._thread, self._process = None, 0
        self.write()

    def _add(self, key: tuple[int, str, str], views: int, arrivals: int) -> None:
        if len(self._counts) >= KEYS_IN_MEMORY and key not in self._counts:
            slot, path, referrer = key
            key = (slot, path, ELSEWHERE if referrer else DIRECT)
            if len(self._counts) >= 2 * KEYS_IN_MEMORY and key not in self._counts:
                return
        sums = self._counts.setdefault(key, [0, 0])
        sums[0] += views
        sums[1] += arrivals

    def _open(self) -> None:
        """Starts the thread, once a process: the server's processes are forks, and a thread is not forked."""
        with self._lock:
            if self._thread is not None:
                return
            self._process = os.getpid()
            self._wake, self._closing = Event(), Event()
            self._thread = Thread(target=self._work, name="visits", daemon=True)
            self._thread.start()
        # The server's processes end by multiprocessing's rules, which know no atexit.
        util.Finalize(self, self.close, exitpriority=10)
        atexit.register(self.close)

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(WRITE_EVERY)
            self._wake.clear()
            try:
                self.write()
            except Exception:
                log.exception("Visits could not be written down")


def tallied(counts: dict[tuple[int, str, str], list[int]], zone: ZoneInfo) -> list[Tally]:
    """With the day and the hour of the site's own clock."""
    found = []
    for (slot, path, referrer), (views, arrivals) in counts.items():
        at = dt.datetime.fromtimestamp(slot * SLOT, zone)
        found.append(Tally(at.date(), at.hour, path, referrer, views, arrivals))
    return found
