"""Slow clients at a real server: those who read are answered, and the slow are sent away."""

import errno
import http.client
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread, get_ident
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

import pytest
from bench import client, machine, proxies, scratch
from bench.crowds import SlowBodies, Unread
from werkzeug.exceptions import ClientDisconnected, RequestTimeout, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from broadsheet.commands import connections, patience
from broadsheet.commands import watch as watch_
from broadsheet.commands.patience import AT_ONCE, LARGE, SIP, Body, Patient, Waits
from broadsheet.commands.watch import Watch
from broadsheet.config import LARGEST_TEXT
from broadsheet.doctor import front

from .conftest import Manage, Serve
from .test_work import until

pytestmark = pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="asks Linux for connections")

FILE = "/uploads/0123456789abcdef/large.txt"
SIZE = 8_000_000
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def status(port: int, method: str, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def ask(port: int, head: str, body: bytes = b"", *, hang_up: bool = False) -> bytes:
    """What is answered to a request that is sent as it stands here."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.replace("HOST", f"127.0.0.1:{port}").encode() + b"\r\n" + body)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        got = b""
        while piece := connection.recv(65536):
            got += piece
        return got


@pytest.fixture
def owned(manage: Manage) -> None:
    """A site that was set up."""
    assert manage(*scratch.new_admin(), stdin=scratch.PASSWORD).returncode == 0


@pytest.fixture
def large_file(owned: None, instance: Path) -> None:
    file = instance / FILE.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x" * SIZE)


@pytest.mark.usefixtures("large_file")
def test_slow_clients_are_sent_away_and_readers_notice_nothing(serve: Serve) -> None:
    served = serve("--workers", "1", BROADSHEET_THREADS="8", BROADSHEET_WORK="off")
    port = served.port
    with SlowBodies(port, {}, 4) as senders, Unread(port, {"file": FILE}, 2) as readers:
        # Six of eight threads wait; the others are for those who are quick.
        assert status(port, "GET", "/") == 200
        head = f"POST /login HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n{FORM}Content-Length: 3\r\n"
        assert ask(port, head, b"a=b").startswith(b"HTTP/1.1 4")
        until(lambda: not senders.held and not readers.held, 60)
        assert dict(senders.said) == {"HTTP/1.1 408 Request Timeout": 4}
    assert len(client.get(port, FILE).body) == SIZE
    assert served.stop() == (0, "")


@pytest.mark.usefixtures("owned")
def test_what_has_no_end_or_is_too_large_is_refused_and_half_a_text_is_none(
    serve: Serve, instance: Path
) -> None:
    served = serve("--workers", "1", BROADSHEET_WORK="off")
    port, get = served.port, "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
    post = f"POST /contact HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n{FORM}"
    body = bytes(5 * LARGEST_TEXT)  # more than a kernel takes in before somebody reads
    for expected, head, sent in (
        (b"431 ", get + f"X-Large: {'x' * 1_000_000}\r\n", b""),
        (b"431 ", get + "X-Many: x\r\n" * 10_000, b""),
        (b"414 ", get.replace("/ ", f"/?q={'x' * 70_000} "), b""),
        (b"414 ", get.replace("/ ", f"/search?q={'x' * 10_000} "), b""),
        (b"411 ", post + "Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"),
        (b"413 ", post + "Content-Length: 10000000000\r\n", b""),
        (b"413 ", post + f"Content-Length: {len(body)}\r\n", body),
    ):
        answer = ask(port, head, sent)
        assert answer.startswith(b"HTTP/1.1 " + expected), (head[:60], answer[:60])
    assert b"larger than the 4 MB" in answer

    browser = client.Browser(port)
    typed = {"name": "Vera", "email": "vera@example.org", "subject": "", "message": "It is not " * 90}
    whole = urlencode({"ticket": client.hidden(browser.open("/contact"), "ticket")} | typed).encode()
    half = ask(port, post + f"Content-Length: {len(whole)}\r\n", whole[:-400], hang_up=True)
    assert half.startswith(b"HTTP/1.1 400")
    with closing(sqlite3.connect(instance / "broadsheet.db")) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (0,)
    assert served.stop() == (0, "")


def test_nginx_of_ours_waits_for_the_slow(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not machine.program("nginx"):
        pytest.skip("no nginx on this machine; to get it: apt install nginx-light")
    served = serve("--workers", "1", BROADSHEET_THREADS="4", BROADSHEET_WORK="off", BROADSHEET_PROXY_HOPS="1")
    with proxies.nginx(tmp_path, served.port) as nginx, SlowBodies(nginx.port, {}, 8) as crowd:
        monkeypatch.setattr(front, "SLOWLY", 30.0)
        assert front.answers_half_a_request(f"http://127.0.0.1:{served.port}")
        monkeypatch.setattr(front, "SLOWLY", 2.0)
        assert not front.answers_half_a_request(nginx.base)
        # Of the site itself each would have heard 503 or 408 by now.
        assert (crowd.held, dict(crowd.said)) == (8, {})
        # What is too large is not taken in at all, and of a file nothing is kept: the site answers at once.
        of_nginx, of_the_site = b"413 Request Entity", b"413 Payload"
        for path, said in (("/contact", of_nginx), ("/desk/uploads", of_the_site)):
            with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{nginx.port}\r\n{FORM}"
                connection.sendall(f"{head}Content-Length: 400000000\r\n\r\n".encode())
                assert connection.recv(100).startswith(b"HTTP/1.1 " + said)
    assert served.stop() == (0, "")


def test_no_large_answer_begins_while_most_threads_wait() -> None:
    waits, said = Waits(8), []

    def ask(length: int, method: str = "GET") -> list[bytes]:
        def application(_environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [("Content-Length", str(length))])
            return iter([b"some of it"])

        environ = {"wsgi.input": None, "REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": method}
        return list(Patient(application, waits)(environ, lambda status, _headers: said.append(status)))

    assert ask(LARGE + 1) == [b"some of it"]
    waits.receiving = dict.fromkeys(range(6), ("127.0.0.1", 0.0))
    assert ask(LARGE) == ask(LARGE + 1, "HEAD") == [b"some of it"]
    assert ask(LARGE + 1) == []
    assert said[-1].startswith("503")


def test_only_some_may_wait_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Waits(8)
    waits.receiving = dict.fromkeys(range(6), ("127.0.0.1", 0.0))
    first = Thread(target=waits.find_room)
    first.start()
    until(lambda: not waits.queue._value)  # type: ignore[attr-defined]  # it waits
    assert not waits.find_room()
    waits.receiving.clear()
    first.join()
    assert waits.find_room()
    waits.receiving = dict.fromkeys(range(6), ("127.0.0.1", 0.0))
    monkeypatch.setattr(patience, "ROOM_WITHIN", 0.0)
    assert not waits.find_room()


def test_few_at_a_time_are_told_why_they_are_sent_away() -> None:
    told: list[int] = []
    now: set[int] = set()

    class Broken:
        def read(self, size: int) -> bytes:
            return b""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with pytest.raises(ClientDisconnected):
            environ["wsgi.input"].read(10)
        now.add(get_ident())
        told.append(len(now))
        sleep(0.01)
        now.discard(get_ident())
        start_response("400 Bad Request", [])
        return []

    patient = Patient(application, Waits(100))

    def ask() -> None:
        environ = {"wsgi.input": Broken(), "REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": "POST"}
        patient(environ, lambda *_: None)

    threads = [Thread(target=ask) for _ in range(4 * AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(threads)
    assert max(told) <= AT_ONCE


class Trickle:
    """A body that goes on when that is set. `reads` are those that were begun."""

    def __init__(self) -> None:
        self.goes_on = Event()
        self.reads = 0

    def read(self, size: int) -> bytes:
        self.reads += 1
        self.goes_on.wait(10)
        return b"a" * size


def test_one_client_holds_no_more_than_its_share_when_many_wait() -> None:
    """Whoever the site believes it to be; what may be a proxy that hides all of them is no client."""
    waits, trickle = Waits(8), Trickle()
    assert (waits.many, waits.share, waits.most) == (4, 1, 6)
    outcomes: Counter[int] = Counter()

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        try:
            environ["wsgi.input"].read(3)
            outcomes[200] += 1
        except ServiceUnavailable:
            outcomes[503] += 1
        start_response("200 OK", [])
        return []

    def ask(client: str, peer: str = "127.0.0.1", hops: int = 1) -> Thread:
        environ = {"wsgi.input": trickle, "REMOTE_ADDR": peer, "REQUEST_METHOD": "POST"}
        environ["HTTP_X_FORWARDED_FOR"] = client
        inner = ProxyFix(application, x_for=hops)
        thread = Thread(target=Patient(inner, waits), args=(environ, lambda *_: None))
        thread.start()
        return thread

    begun = [ask("93.184.215.14"), ask("93.184.215.14"), ask("192.0.2.3", hops=0), ask("192.0.2.3", hops=0)]
    until(lambda: trickle.reads == 4)
    ask("93.184.215.14").join()
    ask("192.0.2.7", "93.184.215.14", hops=0).join()
    assert outcomes == {503: 2}
    begun += [ask("192.0.2.2"), ask("192.0.2.3", hops=0)]
    until(lambda: trickle.reads == 6)
    trickle.goes_on.set()
    for each in begun:
        each.join()
    assert outcomes == {200: 6, 503: 2}
    assert not waits.clients


def test_no_large_answer_begins_for_one_that_has_its_share() -> None:
    waits, said = Waits(8), []

    def application(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", str(LARGE + 1))])
        return iter([b"some", b"of it"])

    def ask(client: str) -> Any:
        environ = {"wsgi.input": None, "REMOTE_ADDR": client, "REQUEST_METHOD": "GET"}
        return Patient(application, waits)(environ, lambda status, _headers: said.append(status))

    held = [ask("2001:470::1") for _ in range(4)]
    for each in held:
        next(each)
    assert ask("2001:470::2") == []  # of the same network
    assert list(ask("2001:470:1::1")) == [b"some", b"of it"]
    assert [status[:3] for status in said] == ["200"] * 5 + ["503", "200"]
    for each in held:
        each.close()
    assert len(list(ask("2001:470::2"))) == 2


def test_body_has_a_total_time_when_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, trickle = Waits(8), Trickle()
    trickle.goes_on.set()
    monkeypatch.setattr(patience, "PATIENCE", -3600.0)  # and whoever sends fast has an hour more
    monkeypatch.setattr(patience, "SHORT_PATIENCE", -1.0)

    def read() -> bytes:
        environ = {"wsgi.input": trickle, "REMOTE_ADDR": "127.0.0.1"}
        return Body(environ, waits).read(2 * SIP)

    assert len(read()) == 2 * SIP
    waits.receiving = dict.fromkeys(range(4), ("127.0.0.1", 0.0))
    trickle.reads = 0
    with pytest.raises(RequestTimeout):
        read()
    assert trickle.reads == 1
    monkeypatch.setattr(patience, "FAIR", SIP / 7200)
    assert len(read()) == 2 * SIP


# -- who is sent away


class Door:
    """Connections of this process to itself, as pairs: who came, and what we have of them."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.opened: list[socket.socket] = [self.listener]

    def pair(self) -> tuple[socket.socket, socket.socket]:
        theirs = socket.socket()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        theirs.connect(("127.0.0.1", self.port))
        ours, _ = self.listener.accept()
        theirs.settimeout(10)
        ours.settimeout(10)
        self.opened += [theirs, ours]
        return theirs, ours


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Whoever does not send or take 1,000 bytes from one look to the next is slow."""
    monkeypatch.setattr(patience, "PATIENCE", 0.001)
    monkeypatch.setattr(patience, "SHORT_PATIENCE", 0.001)
    monkeypatch.setattr(patience, "RATE", 1_000_000)
    door = Door()
    yield door
    for each in door.opened:
        each.close()


def look_twice(watch: Watch, *, meanwhile: Callable[[], object] = int) -> None:
    watch.look()
    meanwhile()
    sleep(0.01)
    watch.look()


def hears(ours: socket.socket) -> bool:
    """Whether it is open, as far as the site knows."""
    ours.setblocking(False)
    try:
        return bool(ours.recv(65536))
    except BlockingIOError:
        return True
    finally:
        ours.settimeout(10)


def taken(door: Door, ours: socket.socket) -> int:
    """Bytes of what we have sent."""
    found = connections.states(door.port).values()
    return next(state.taken for state in found if state.descriptor == ours.fileno())


def fill(door: Door, ours: socket.socket) -> None:
    """Sends more than is taken, until the kernel has handed over what there is room for."""
    ours.setblocking(False)
    before = -1
    while taken(door, ours) > before:
        before = taken(door, ours)
        with suppress(BlockingIOError):
            while True:
                ours.send(bytes(65536))
        sleep(0.2)


def test_who_takes_nothing_of_an_answer_is_sent_away(door: Door) -> None:
    unread, (reader, answered), idle = door.pair(), door.pair(), door.pair()
    fill(door, unread[1])
    fill(door, answered)

    def read() -> None:
        before = taken(door, answered)
        until(
            lambda: reader.recv(4000) and taken(door, answered) > before + 2000
        )  # the kernel needs a moment

    look_twice(Watch(Waits(4), door.port, 1000), meanwhile=read)
    assert not hears(unread[1])
    with pytest.raises(BrokenPipeError):
        unread[1].send(b"more")
    assert hears(answered)
    assert hears(idle[1])


def test_who_sends_too_little_is_heard_no_more_but_told_why(door: Door) -> None:
    (trickling, slow), (sending, quick) = door.pair(), door.pair()
    waits = Waits(4)
    watch = Watch(waits, door.port, 1000)

    def send() -> None:
        trickling.send(b"a")
        sending.send(bytes(2000))

    look_twice(watch, meanwhile=send)
    assert (len(slow.recv(10)), hears(slow)) == (1, True)  # nothing is awaited from there
    waits.receiving[1] = "127.0.0.1", 0.0
    look_twice(watch, meanwhile=send)
    assert len(slow.recv(10)) == 1
    assert not hears(slow)
    slow.send(b"408")
    assert trickling.recv(10) == b"408"
    assert hears(quick)


def test_whom_the_site_is_at_work_for_is_spared(door: Door) -> None:
    """And nobody else of that address."""
    (asking, at_work), (trickling, slow), idle = door.pair(), door.pair(), door.pair()
    waits = Waits(4)
    watch = Watch(waits, door.port, 1000)
    watch.look()
    for each in (asking, trickling):
        each.send(b"POST / HTTP/1.1")
    look_twice(watch)
    waits.receiving[1] = "127.0.0.1", 0.0
    waits.working[2] = "127.0.0.1", monotonic()
    look_twice(watch, meanwhile=lambda: trickling.send(b"a"))
    assert (at_work.recv(100), slow.recv(100)) == (b"POST / HTTP/1.1", b"POST / HTTP/1.1a")
    assert [hears(at_work), hears(slow), hears(idle[1])] == [True, False, False]
    waits.working.clear()
    look_twice(watch)
    assert not hears(at_work)


def test_request_on_a_connection_that_was_kept_has_its_own_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, kept = door.pair()
    waits = Waits(4)
    watch = Watch(waits, door.port, 1000)
    waits.receiving[1] = "127.0.0.1", 0.0
    monkeypatch.setattr(patience, "PATIENCE", 3600.0)
    asking.send(b"GET / HTTP/1.1")
    watch.look()
    kept.send(b"HTTP/1.1 200 OK")
    watch.look()
    asking.send(b"POST / HTTP/1.1")
    sleep(0.01)
    monkeypatch.setattr(patience, "PATIENCE", 0.001)
    watch.look()  # no answer was sent between this look and the former
    assert kept.recv(100) == b"GET / HTTP/1.1POST / HTTP/1.1"
    assert hears(kept)
    look_twice(watch)
    assert not hears(kept)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs a socket of both kinds")
def test_peer_is_known_by_one_name() -> None:
    """However the server writes it: of a socket of both kinds, IPv4 comes in the shape of IPv6."""
    waits, suspects = Waits(4), set()

    class Slow:
        def read(self, _size: int) -> bytes:
            suspects.update(waits.suspects(-1.0))
            return b"a=b"

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(3)]

    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    with listener, socket.create_connection(("127.0.0.1", listener.getsockname()[1])):
        ours, (written, *_) = listener.accept()
        environ = {"wsgi.input": Slow(), "REMOTE_ADDR": written, "REQUEST_METHOD": "POST"}
        Patient(application, waits)(environ, lambda *_: None)
        (state,) = connections.states(ours.getsockname()[1]).values()
        ours.close()
    assert (written, suspects) == ("::ffff:127.0.0.1", {state.peer})


def test_watch_outlives_what_goes_wrong(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []

    def states(port: int) -> connections.States:
        looks.append(port)
        if len(looks) < 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return {}

    monkeypatch.setattr(connections, "states", states)
    monkeypatch.setattr(patience, "STEP", 0.0)
    watch = Watch(Waits(4), door.port, 1000)
    for _ in range(3):
        watch.look_in_time()
    assert len(looks) == 3
    assert [record.name for record in caplog.records] == [watch_.__name__]  # once, however often it fails


def test_idle_ones_make_room_when_connections_run_short(door: Door) -> None:
    idle = [door.pair()[1] for _ in range(4)]
    look_twice(Watch(Waits(4), door.port, 8))
    assert all(map(hears, idle))
    look_twice(Watch(Waits(4), door.port, 4))
    assert not any(map(hears, idle))


def test_other_connections_of_the_process_are_no_business_of_it(door: Door) -> None:
    theirs, ours = door.pair()
    found = list(connections.states(door.port).values())
    assert [state.descriptor for state in found] == [ours.fileno()]
    theirs.send(b"12345")
    ours.recv(5)
    (state,) = connections.states(door.port).values()
    assert (state.peer, state.received, state.is_sending) == ("127.0.0.1", 5, False)
