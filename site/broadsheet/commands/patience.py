"""How long the site waits for clients that are slow to send or to read, and for how many of them at a time.

Each thread that reads what somebody sends, or hands out what somebody reads, waits as long as they take. So
who takes less than a modem would is sent away; when many threads wait, sooner; and while most do, no more
begin, so that readers always find one. For headers Granian itself waits, as serving.py says.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import has_request_context, make_response
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestTimeout, ServiceUnavailable

from broadsheet.commands import connections
from broadsheet.config import MEGABYTE
from broadsheet.lib.networks import is_private, network_of
from broadsheet.web import errors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# As Apache's mod_reqtimeout has them.
PATIENCE = 20.0  # seconds in which a client has to get on
RATE = 500  # bytes a second are getting on
SHORT_PATIENCE = 3.0  # when threads or connections run short
STEP = 5.0  # seconds from one look to the next
PULSE = 1.0  # seconds; the same when they run short

# When many wait, all of a body has to be there in PATIENCE, and a second more for each so many bytes of it.
FAIR = 8 * 1024
SIP = 8 * 1024  # bytes; after each that is looked at

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
        self.share = max(1, self.most // 4)  # of one client, when many wait
        self.queue = BoundedSemaphore(threads // 8)
        # Who asked, from what address, since when.
        self.receiving: dict[int, tuple[str, float]] = {}
        self.working: dict[int, tuple[str, float]] = {}
        self.sending: set[int] = set()
        self.clients: dict[int, str] = {}  # of those that are received from or sent to, if it is known
        self.turns = BoundedSemaphore(AT_ONCE)

    def __len__(self) -> int:
        return len(self.receiving) + len(self.sending)

    @property
    def are_many(self) -> bool:
        return len(self) >= self.many

    @property
    def are_too_many(self) -> bool:
        return len(self) >= self.most

    def has_share(self, client: str) -> bool:
        """Whether this one may hold no more of them."""
        return bool(client) and self.are_many and list(self.clients.values()).count(client) >= self.share

    def find_room(self, client: str = "") -> bool:
        """For one more. Who is quick waits for a moment, until the slow are sent away, but not everybody."""
        if self.has_share(client):
            return False
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
        body = Body(environ, self.waits)
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
        is_waited_for = environ["REQUEST_METHOD"] != "HEAD" and is_large(headers)
        if is_waited_for and (self.waits.are_too_many or self.waits.has_share(body.client)):
            close(answer)
            start_response("503 Service Unavailable", [("Retry-After", str(RETRY_AFTER))])
            return []
        return Pieces(answer, self.waits, body.client)


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

    def __init__(self, environ: "WSGIEnvironment", waits: Waits) -> None:
        self._environ, self._inner, self._waits = environ, environ["wsgi.input"], waits
        self._address = connections.plain(environ.get("REMOTE_ADDR", ""))
        self._began: float | None = None
        self._has_turn = False
        self.taken = 0  # bytes

    @property
    def client(self) -> str:
        """Its network, as far as the site believes the proxies before it, which have been asked when a body
        is read. Unknown, if it may be a proxy whom nobody has told the site of: that stands for all."""
        address = connections.plain(self._environ.get("REMOTE_ADDR", ""))
        return "" if address == self._address and is_private(address) else network_of(address)

    def read(self, size: int = -1) -> bytes:
        if self._began is None:
            if not self._waits.find_room(self.client):
                raise self._refusal(ServiceUnavailable(retry_after=RETRY_AFTER))
            self._began = time.monotonic()
        got = self._wait_for(self._sip, size)
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
        while left > 0 and (got := self._wait_for(self._sip, min(left, MOUTHFUL))):
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

    def _sip(self, size: int | None) -> bytes:
        """Nothing, as from who hangs up, if it takes too long in all."""
        got = bytearray()
        while size is None or len(got) < size:
            piece = self._inner.read(SIP if size is None else min(SIP, size - len(got)))
            got += piece
            if not piece:
                break
            if self._is_overdue(self.taken + len(got)):
                return b""
        return bytes(got)

    def _is_overdue(self, taken: int) -> bool:
        took = time.monotonic() - (self._began or 0.0)
        return took > PATIENCE + taken / FAIR and self._waits.are_many

    def _wait_for(self, read: Callable[[int | None], bytes], size: int) -> bytes:
        was_at_work = self._waits.working.pop(id(self), None)
        self._waits.receiving[id(self)] = self._address, self._began or time.monotonic()
        if client := self.client:
            self._waits.clients[id(self)] = client
        try:
            return read(None if size < 0 else size)
        finally:
            self._waits.receiving.pop(id(self), None)
            self._waits.clients.pop(id(self), None)
            if was_at_work:
                self._waits.working[id(self)] = self._address, time.monotonic()


class Pieces:
    """An answer that is handed out bit by bit. Between two of them somebody is waited for."""

    def __init__(self, answer: Any, waits: Waits, client: str) -> None:
        self._answer, self._next, self._waits, self._client = answer, iter(answer).__next__, waits, client

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._wait_no_more()
        piece = self._next()
        self._waits.sending.add(id(self))
        if self._client:
            self._waits.clients[id(self)] = self._client
        return piece

    def close(self) -> None:
        self._wait_no_more()
        close(self._answer)

    def _wait_no_more(self) -> None:
        self._waits.sending.discard(id(self))
        self._waits.clients.pop(id(self), None)
