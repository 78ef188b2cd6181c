"""How long the site waits for clients that are slow to send or to read, and for how many of them at a time.

Each thread that reads what somebody sends, or hands out what somebody reads, waits as long as they take. So
who takes less than a modem would is sent away; when many threads wait, sooner; and while most do, no more
begin, so that readers always find one. For headers Granian itself waits, as serving.py says.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Any

from flask import has_request_context, make_response
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestTimeout, ServiceUnavailable

from broadsheet.commands import connections
from broadsheet.commands.connections import Spell, State, States
from broadsheet.config import MEGABYTE
from broadsheet.web import errors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

# As Apache's mod_reqtimeout has them.
PATIENCE = 20.0  # seconds in which a client has to get on
RATE = 500  # bytes a second are getting on
SHORT_PATIENCE = 3.0  # when threads or connections run short
STEP = 5.0  # seconds from one look to the next
PULSE = 1.0  # seconds; the same when they run short

LARGE = 256 * 1024  # bytes; a smaller answer is handed over as a whole, and no thread waits
SWALLOWED = 32 * MEGABYTE  # of what is too large, so that a browser gets to see what it is told
MOUTHFUL = 64 * 1024
RETRY_AFTER = 10
ROOM_WITHIN = 10.0  # seconds
AT_ONCE = 4  # threads that tell clients why they are sent away: each would open the database


class Waits:
    """The threads of this process that wait for clients."""

    def __init__(self, threads: int) -> None:
        self.most, self.many = max(1, threads * 3 // 4), max(1, threads // 2)
        self.queue = BoundedSemaphore(threads // 8)
        # Who asked, from what address, since when.
        self.receiving: dict[int, tuple[str, float]] = {}
        self.working: dict[int, tuple[str, float]] = {}
        self.sending: set[int] = set()
        self.turns = BoundedSemaphore(AT_ONCE)

    def __len__(self) -> int:
        return len(self.receiving) + len(self.sending)

    @property
    def are_many(self) -> bool:
        return len(self) >= self.many

    @property
    def are_too_many(self) -> bool:
        return len(self) >= self.most

    def find_room(self) -> bool:
        """For one more. Who is quick waits for a moment, until the slow are sent away, but not everybody."""
        if not self.are_too_many:
            return True
        if not self.queue.acquire(blocking=False):
            return False
        try:
            until = time.monotonic() + ROOM_WITHIN
            while self.are_too_many and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            self.queue.release()
        return not self.are_too_many

    def suspects(self, patience: float) -> set[str]:
        """The addresses from which something has been coming in for longer than that."""
        before = time.monotonic() - patience
        return {address for address, since in list(self.receiving.values()) if since < before}

    def work_begun(self) -> dict[str, list[float]]:
        """When the site began with what it is at, of each address."""
        begun: dict[str, list[float]] = {}
        for address, since in list(self.working.values()):
            begun.setdefault(address, []).append(since)
        return begun


class Patient:
    """A WSGI application around another, whose waits for clients are counted and bounded."""

    def __init__(self, app: "WSGIApplication", waits: Waits) -> None:
        self.app, self.waits = app, waits

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        body = Body(environ["wsgi.input"], self.waits, connections.plain(environ.get("REMOTE_ADDR", "")))
        environ["wsgi.input"] = body
        # Granian gives what has come for the whole if the client hangs up, and says that it may be believed.
        environ.pop("wsgi.input_terminated", None)
        begun: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            begun[:] = status, headers
            return start_response(status, headers, *error)

        with body.at_work():
            answer = self.app(environ, start)
        status, headers = begun
        if status.startswith("413"):
            body.swallow(environ)
        if isinstance(answer, list):
            return answer
        if environ["REQUEST_METHOD"] != "HEAD" and is_large(headers) and self.waits.are_too_many:
            close(answer)
            start_response("503 Service Unavailable", [("Retry-After", str(RETRY_AFTER))])
            return []
        return Pieces(answer, self.waits)


def is_large(headers: list[tuple[str, str]]) -> bool:
    """Or of unknown size."""
    length = next((value for name, value in headers if name.lower() == "content-length"), "")
    return not length.isdigit() or int(length) > LARGE


def close(answer: Any) -> None:
    if hasattr(answer, "close"):
        answer.close()


class Body:
    """What a client sends, read as far as it said that it would go. A read raises RequestTimeout if the
    client was sent away, ClientDisconnected if it left, and ServiceUnavailable if too many are waited for.
    """

    def __init__(self, inner: Any, waits: Waits, address: str) -> None:
        self._inner, self._waits, self._address = inner, waits, address
        self._began: float | None = None
        self._has_turn = False
        self.taken = 0  # bytes

    def read(self, size: int = -1) -> bytes:
        if self._began is None:
            if not self._waits.find_room():
                raise self._refusal(ServiceUnavailable(retry_after=RETRY_AFTER))
            self._began = time.monotonic()
        got = self._wait_for(self._inner.read, size)
        self.taken += len(got)
        if not got and size:
            is_slow = time.monotonic() - self._began > SHORT_PATIENCE
            raise self._refusal(RequestTimeout() if is_slow else ClientDisconnected())
        return got

    def readline(self, size: int = -1) -> bytes:
        return self._wait_for(self._inner.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def swallow(self, environ: "WSGIEnvironment") -> None:
        """The rest, if it is not much: a browser reads no answer before all is sent."""
        said = environ.get("CONTENT_LENGTH", "")
        left = int(said) - self.taken if said.isdigit() else 0
        # Who expects "100 Continue" sends only then.
        if left > SWALLOWED or "HTTP_EXPECT" in environ or self._waits.are_too_many:
            return
        self._began = self._began or time.monotonic()
        while left > 0 and (got := self._wait_for(self._inner.read, min(left, MOUTHFUL))):
            left -= len(got)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the site thinks about it."""
        self._waits.working[id(self)] = self._address, time.monotonic()
        try:
            yield
        finally:
            self._waits.working.pop(id(self), None)
            if self._has_turn:
                self._has_turn = False
                self._waits.turns.release()

    def _refusal(self, error: HTTPException) -> HTTPException:
        """In few words, and by turns: hundreds may be told so at the same moment, and few of them listen."""
        if not self._has_turn:
            self._has_turn = self._waits.turns.acquire()
        if has_request_context():
            title, advice = map(str, errors.WORDS[error.code or 400])
            error.response = make_response(errors.plain_page(title, advice), error.code, error.get_headers())
        return error

    def _wait_for(self, read: Callable[[int | None], bytes], size: int) -> bytes:
        was_at_work = self._waits.working.pop(id(self), None)
        self._waits.receiving[id(self)] = self._address, self._began or time.monotonic()
        try:
            return read(None if size < 0 else size)
        finally:
            self._waits.receiving.pop(id(self), None)
            if was_at_work:
                self._waits.working[id(self)] = self._address, time.monotonic()


class Pieces:
    """An answer that is handed out bit by bit. Between two of them somebody is waited for."""

    def __init__(self, answer: Any, waits: Waits) -> None:
        self._answer, self._next, self._waits = answer, iter(answer).__next__, waits

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._waits.sending.discard(id(self))
        piece = self._next()
        self._waits.sending.add(id(self))
        return piece

    def close(self) -> None:
        self._waits.sending.discard(id(self))
        close(self._answer)


class Watch:
    """Looks from time to time who gets on, and sends the others away."""

    def __init__(self, waits: Waits, port: int, connections: int) -> None:
        self._waits, self._port, self._many = waits, port, connections * 3 // 4
        self._seen: deque[tuple[float, States]] = deque()
        self._spells: dict[int, Spell] = {}
        self._fails = False

    def begin(self) -> None:
        Thread(target=self._watch, name="patience", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(PULSE)
            self.look_in_time()

    def look_in_time(self) -> None:
        if not (self._waits.are_many or not self._seen or time.monotonic() - self._seen[-1][0] >= STEP):
            return
        try:
            self.look()
            self._fails = False
        except Exception:  # as when no file can be opened any more, not even to look who holds them
            if not self._fails:
                log.exception("It could not be seen which clients are slow.")
            self._fails = True

    def look(self) -> None:
        now, found = time.monotonic(), connections.states(self._port)
        then, last = self._seen[-1] if self._seen else (now, {})
        self._spells = {
            one: connections.spell(self._spells.get(one), last.get(one), state, (now, then))
            for one, state in found.items()
        }
        self._seen.append((now, found))
        are_too_many = len(found) > self._many
        patience = SHORT_PATIENCE if are_too_many or self._waits.are_many else PATIENCE
        while len(self._seen) > 1 and self._seen[1][0] <= now - PATIENCE:
            self._seen.popleft()
        before = next((seen for at, seen in reversed(self._seen) if at <= now - patience), None)
        if before is None:
            return
        peers = {state.peer for state in found.values()}
        suspects = peers if are_too_many else self._waits.suspects(patience)
        begun, least = self._waits.work_begun(), int(RATE * patience)
        for one, state in found.items():
            if one not in before:
                continue
            if takes_too_little(before[one], state, least):
                connections.end(one, state)
                continue
            is_slow = state.peer in suspects and sends_too_little(before[one], state, least)
            if is_slow and not self._spells[one].is_spared(now - patience, begun.get(state.peer, [])):
                connections.hear_no_more(one, state)


def takes_too_little(before: State, now: State, least: int) -> bool:
    return before.is_sending and now.is_sending and now.taken - before.taken < least


def sends_too_little(before: State, now: State, least: int) -> bool:
    """Or nothing at all."""
    is_idle = not now.is_sending and now.sent == before.sent
    return is_idle and now.received - before.received < least
