"""The press: finished public pages, answered before Flask is entered.

The pages of an edition (models/edition.py) are kept in the process, in the codings that were asked for; a
hit is a look into a dictionary. Whether the edition is still the newest is looked up every few milliseconds,
and whoever raises it is answered after that time only (edition.py): nobody who was told "published" gets an
older page. What a newer edition has left as it was is found out by asking the page's own queries again
(queries.py). Why: docs/decisions/0045.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import inf
from threading import BoundedSemaphore, Lock
from time import monotonic
from urllib.parse import quote

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from broadsheet.config import MEGABYTE
from broadsheet.database import reading
from broadsheet.edition import Unknown, Watch
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.codings import LONGEST, best, is_known
from broadsheet.lib.readers import place_of
from broadsheet.models import Site
from broadsheet.models.edition import next_change
from broadsheet.web.press import queries
from broadsheet.web.press.page import Answer, Copy, Headers, Page
from broadsheet.web.press.printing import (
    Environ,
    Key,
    Printing,
    UnderWay,
    is_of_api,
    is_plain_question,
    key_of,
    next_midnight,
)
from broadsheet.web.press.rendered import Rendered, StartResponse
from broadsheet.web.press.sheet import EDITION, KEY

log = logging.getLogger("broadsheet.requests")

RENDERERS = 4  # pages that are rendered at a time: more would only take the processor from each other
PATIENCE = 1.0  # seconds for one's turn: those before may wait for something else than the processor
EARLY = 0.7  # of the window: then one thread looks whether the edition is still the newest
PASSED_AT_MOST = 1_000
CODINGS_AT_MOST = 100  # browsers send a few
UNHEARD = "?"  # no coding
LONGEST_KEY = (
    1_000  # characters; addresses of our own are shorter, and whoever makes up longer fills no memory
)
STATIC = "/static/"  # answered at once, by web/static.py
LINES = {200: "200 OK", 304: "304 Not Modified"}


def init_app(app: Flask) -> None:
    """The last of all: what wraps the application before it is behind the press."""
    press = Press(app)
    app.wsgi_app = press  # type: ignore[method-assign]  # as Flask documents it
    app.extensions["broadsheet_press"] = press


class Press:
    def __init__(self, app: Flask) -> None:
        settings = app.config["BROADSHEET"]
        self.app = app
        self.wsgi_app = app.wsgi_app
        self.visits = app.extensions["broadsheet_visits"]
        # By its name alone: there are more ways to write a cookie than `name=`, and Flask reads them all.
        self.session_cookie = app.config["SESSION_COOKIE_NAME"]
        self.limit = settings.press_size * MEGABYTE
        self.tells = log.isEnabledFor(logging.INFO)
        with app.app_context():
            self.watch, self.asker = Watch(db.engine), Watch(db.engine)  # who asks keeps nobody from looking
            queries.listen(db.engine)
        self.printing = Printing(None)
        self.pages = self.printing.pages
        self.older: dict[Key, Page] = {}  # of earlier editions: what may be right still
        self.codings: dict[str, str] = {}  # what is best for the headers that browsers send
        self.size = 0  # bytes of all that is kept, older pages too
        # For /metrics: answered without Flask, and of these by 304; made by Flask; found right still; let go.
        self.hits = self.unchanged = self.made = self.still_right = self.let_go = 0
        self.look_from = self.known_until = 0.0
        self._lock, self._looking = Lock(), Lock()
        self._renderers = BoundedSemaphore(RENDERERS)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.at_hand(environ)
        if answer is None:
            return self.answer(environ, start_response)
        status, headers, body = answer
        start_response(LINES[status], headers)
        return [body]

    def at_hand(self, environ: Environ) -> Answer | None:
        """What a visitor gets for a page that is kept, to a question like most."""
        # What key_of and send do, without the calls: here each tenth of a microsecond tells.
        if monotonic() >= self.look_from:
            self.look()
        page = self.pages.get(
            (
                environ["PATH_INFO"],
                environ["QUERY_STRING"],
                environ.get("HTTP_HOST", ""),
                environ["wsgi.url_scheme"],
            )
        )
        if page is None or "HTTP_COOKIE" in environ or environ["REQUEST_METHOD"] != "GET":
            return None
        if page.is_of_api and not is_plain_question(environ):
            return None
        copy = page.copies.get(self.codings.get(environ.get("HTTP_ACCEPT_ENCODING", ""), UNHEARD))
        if copy is None or self.tells:
            return None
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and known != copy.etag:
            return None
        page.was_asked = True
        self.hits += 1
        if page.is_counted:
            self.visits.see(page.place, environ)
        if known is None:
            return copy.whole
        self.unchanged += 1
        return copy.unchanged

    # -- which edition

    def look(self) -> None:
        """From now on, for the time of the window, what is kept is of the newest edition.

        One thread looks, before the window has passed, so that the others need not wait for it.
        """
        if not self._looking.acquire(blocking=monotonic() >= self.known_until):
            return
        try:
            began = monotonic()
            if began < self.look_from:  # another thread has looked meanwhile
                return
            self._follow()
            # Not beyond the moment at which time alone makes another edition.
            lasts = min(self.watch.window, self.printing.seconds_left(clock.now()))
            self.look_from, self.known_until = began + lasts * EARLY, began + lasts
        finally:
            self._looking.release()

    def _follow(self) -> None:
        now = clock.now()
        try:
            number = self.watch.number()
            if number == self.printing.number and not self.printing.is_over(now):
                return
            with self.app.app_context(), reading():
                try:
                    site = Site.load()
                    ends = next_change(db.session.connection(), now)
                finally:
                    db.session.remove()
        except (Unknown, SQLAlchemyError):
            self._begin(Printing(None), keep_older=False)
            return
        site.addresses = []  # no visitor sees them
        # Settings are on every page, and so is the date.
        is_same = site == self.printing.site and not self.printing.is_over(now)
        midnight = next_midnight(now, site.timezone)
        self._begin(Printing(number, site, min(midnight, ends or midnight), now), keep_older=is_same)

    def _begin(self, printing: Printing, *, keep_older: bool) -> None:
        with self._lock:
            if keep_older:
                self.older.update(self.pages)
            else:
                self.older, self.size = {}, 0
            self.printing, self.pages = printing, printing.pages

    # -- answering

    def answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """What is not at hand, or is somebody's own."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.wsgi_app(environ, start_response)
        if self.session_cookie in environ.get("HTTP_COOKIE", ""):
            return self.wsgi_app(environ, start_response)
        if environ["PATH_INFO"].startswith(STATIC):
            return self.wsgi_app(environ, start_response)
        if is_of_api(environ) and not is_plain_question(environ):
            return self.wsgi_app(environ, start_response)
        key, printing = key_of(environ), self.printing
        page = printing.pages.get(key)
        may_be_kept = self.limit > 0 and printing.number is not None and sum(map(len, key)) <= LONGEST_KEY
        if page is None and may_be_kept and key not in printing.passed:
            with self._lock:
                others = printing.under_way.get(key)
                under_way = printing.under_way.setdefault(key, UnderWay())
            if others is None:
                return self._make(under_way, key, printing, environ, start_response)
            others.done.wait()
            page = others.page
        if page is not None:
            return self.send(page, environ, start_response, pressed=True)
        rendered = self._rendered(environ, printing)
        return self._hand_over(rendered, self._page(rendered, environ, printing), environ, start_response)

    def stop(self) -> None:
        """From now on each page is made anew, by what it finds itself."""
        self.limit, self.look_from = 0, inf
        self._begin(Printing(None), keep_older=False)

    def send(
        self, page: Page, environ: Environ, start_response: StartResponse, *, pressed: bool = False
    ) -> Iterable[bytes]:
        """`pressed`: Flask has not made it just now, nor counted it."""
        page.was_asked = True
        copy = page.copies.get(self._coding(environ)) or self._copy(page, environ)
        is_wanted = environ["REQUEST_METHOD"] == "GET"
        if page.is_counted and is_wanted:
            self.visits.see(page.place, environ)
        if self.tells:
            tell(environ)
        known = environ.get("HTTP_IF_NONE_MATCH")
        is_unchanged = known is not None and is_known(copy.etag, known)
        if pressed:
            self.hits += 1
            self.unchanged += is_unchanged
        status, headers, body = copy.unchanged if is_unchanged else copy.whole
        start_response(LINES[status], headers)
        return [body] if is_wanted else []

    def _coding(self, environ: Environ) -> str:
        header = environ.get("HTTP_ACCEPT_ENCODING", "")
        coding = best(header)
        if len(header) <= LONGEST:
            if len(self.codings) >= CODINGS_AT_MOST:
                self.codings.clear()
            self.codings[header] = coding
        return coding

    def _make(
        self,
        under_way: UnderWay,
        key: Key,
        printing: Printing,
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """One makes a page that is not there, and who asks for it meanwhile waits."""
        is_never_kept = False
        try:
            if page := self._still_right(key, printing):
                under_way.page = page
                self.still_right += 1
                return self.send(page, environ, start_response, pressed=True)
            rendered = self._rendered(environ, printing)
            page = under_way.page = self._page(rendered, environ, printing)
            # What is wrong for a while only, or with one request, must not keep the page out for an edition.
            is_never_kept = page is None and rendered.status.startswith(("2", "3", "404", "410"))
            if page is not None and rendered.sheet.may_be_kept:
                page.queries = rendered.queries
                self._keep(key, page, printing)
            return self._hand_over(rendered, page, environ, start_response)
        finally:
            with self._lock:
                printing.under_way.pop(key, None)
                if is_never_kept and len(printing.passed) < PASSED_AT_MOST:
                    printing.passed.add(key)
            under_way.done.set()

    def _rendered(self, environ: Environ, printing: Printing) -> Rendered:
        """By Flask, at one moment: all of a page takes the same for the present."""
        rendered = Rendered(clock.now())
        self.made += 1
        asked = environ | {KEY: rendered.sheet, EDITION: printing.number}
        with self._turn(), clock.stopped(rendered.queries.at), queries.noting(rendered.queries):
            rendered.body = self.wsgi_app(asked, rendered.begin)
        if environ["REQUEST_METHOD"] == "HEAD" and rendered.sheet.is_public:
            rendered.close()
            return self._rendered(environ | {"REQUEST_METHOD": "GET"}, printing)  # headers tell of the bytes
        return rendered

    @contextmanager
    def _turn(self) -> Iterator[None]:
        has_turn = self._renderers.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            if has_turn:
                self._renderers.release()

    def _page(self, rendered: Rendered, environ: Environ, printing: Printing) -> Page | None:
        if not rendered.sheet.is_public or has(rendered.headers, "set-cookie"):
            return None
        coding = self._coding(environ)
        is_for_once = not (self.limit and rendered.sheet.may_be_kept)
        page = Page(
            rendered.headers, rendered.read(), edition=printing.number, coding=coding, once=is_for_once
        )
        page.is_counted, page.place = rendered.sheet.is_counted, place_of(environ)
        page.is_of_api = is_of_api(environ)
        return page

    def _hand_over(
        self, rendered: Rendered, page: Page | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if page is not None:
            return self.send(page, environ, start_response)
        if rendered.sheet.is_counted:
            self.visits.see(place_of(environ), environ)
        if rendered.sheet.may_be_compressed and environ["REQUEST_METHOD"] == "GET":
            return rendered.compressed(environ.get("HTTP_ACCEPT_ENCODING", ""), start_response)
        start_response(rendered.status, rendered.headers)
        return rendered.body

    # -- keeping

    def _keep(self, key: Key, page: Page, printing: Printing) -> None:
        """If nobody has changed anything since: what the queries find now is what the page shows."""
        if page.queries is None or not page.queries.only_asked:
            return
        try:
            page.queries.digest = page.queries.ask(self.asker, page.queries.at)
            if self.watch.number() != printing.number:
                return
        except Unknown:
            return
        with self._lock:
            if self.printing is printing:
                if before := printing.pages.get(key):  # somebody else was as fast
                    self.size -= before.size
                printing.pages[key] = page
                self.size += page.size
                self._make_room()

    def _still_right(self, key: Key, printing: Printing) -> Page | None:
        """The page of an earlier edition, if its queries still find what they found."""
        with self._lock:
            page = self.older.pop(key, None) if self.printing is printing else None
            if page is None or page.queries is None:
                return None
            self.size -= page.size
        now = clock.now()
        try:
            if page.queries.ask(self.asker, now) != page.queries.digest:
                return None
        except Unknown:
            return None
        page.reprint(printing.number)
        with self._lock:
            if self.printing is printing:
                printing.pages[key] = page
                self.size += page.size
        return page

    def _copy(self, page: Page, environ: Environ) -> Copy:
        with self._lock:
            before = page.size
            copy = page.add(self._coding(environ), self.printing.number)
            if self.pages.get(key_of(environ)) is page:  # else nobody will take its size away again
                self.size += page.size - before
                self._make_room()
        return copy

    def _make_room(self) -> None:
        """Lets go of older pages first, then of what nobody has asked for again (the CLOCK algorithm)."""
        while self.size > self.limit and (self.older or self.pages):
            pages = self.older or self.pages
            key = next(iter(pages))
            page = pages.pop(key)
            if page.was_asked and pages is self.pages:
                page.was_asked = False
                pages[key] = page
            else:
                self.size -= page.size
                self.let_go += 1


def has(headers: Headers, name: str) -> bool:
    return any(header.lower() == name for header, _value in headers)


def tell(environ: Environ) -> None:
    """The line in the log that a request through Flask has, too (web/lifecycle.py)."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
    log.info("%s %s pressed", environ["REQUEST_METHOD"], path)
