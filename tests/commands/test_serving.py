"""The server under readers who do not stop: it reloads, loses a worker, and ends."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import text

from broadsheet.commands.serving import (
    FAREWELL,
    RELOAD,
    SQLITE_CACHE,
    Handover,
    Leaving,
    keep_little_of_sqlite,
)
from broadsheet.config import LARGEST_TEXT
from broadsheet.extensions import db
from stage import free_port

from .conftest import ROOT, Serve, Served
from .test_work import children, is_running, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux for processes")


def workers(served: Served) -> list[int]:
    """The processes that answer."""
    pid = served.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if int(one) not in children(pid) and is_running(int(one))]


class Readers:
    """Some who keep their connection, and one who comes anew each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.troubles: list[tuple[float, str]] = []  # when the request began
        self.answers = 0
        self._stop = Event()
        loops: list[Callable[[], None]] = [self._stay, self._stay, self._stay, self._come]
        self._threads = [Thread(target=loop) for loop in loops]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def some_more(self, many: int = 40) -> None:
        wanted = self.answers + many
        until(lambda: self.answers > wanted)

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        began = monotonic()
        try:
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"status":"ok"}\n')
            self.answers += 1
            sleep(0.01)
        except (OSError, http.client.HTTPException) as error:
            self.troubles.append((began, repr(error)))
            connection.close()

    def _stay(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self._stop.is_set():
            self._ask(connection)
        connection.close()

    def _come(self) -> None:
        while not self._stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._ask(connection)
            connection.close()


@contextmanager
def reading(served: Served) -> Iterator[Readers]:
    readers = Readers(served.port)
    try:
        readers.some_more()
        yield readers
        readers.some_more()
    finally:
        readers.stop()


def said(served: Served) -> str:
    assert served.process.stdout
    return served.process.stdout.readline()


def test_reload_brings_new_settings_and_no_reader_notices(serve: Serve, instance: Path) -> None:
    instance.mkdir()
    (instance / "broadsheet.toml").write_text("workers = 1\nthreads = 8\n")
    served = serve()
    assert re.fullmatch(
        r"1 server process with up to 8 threads each, \d+ MiB of memory each\.\n", served.means
    )
    until(lambda: children(served.process.pid))
    beside, before = children(served.process.pid), workers(served)
    with reading(served) as readers:
        (instance / "broadsheet.toml").write_text("workers = 2\nthreads = 9\n")
        served.process.send_signal(signal.SIGHUP)
        assert said(served) == f"Broadsheet has reloaded: http://127.0.0.1:{served.port}/\n"
        assert said(served).startswith("2 server processes with up to 9 threads each")
        until(lambda: not set(before) & set(workers(served)))
        until(lambda: len(children(served.process.pid)) == 1 and children(served.process.pid) != beside)
    assert readers.troubles == []
    assert len(workers(served)) == 2
    assert served.stop() == (0, "")


def test_reload_of_what_could_not_be_started_changes_nothing(serve: Serve, instance: Path) -> None:
    served = serve("--workers", "1")
    before = workers(served)
    for line, complaint, wish in (
        ("prot = 1\n", "is no setting", signal.SIGHUP),
        ('host = "::1"\n', "cannot change host", RELOAD),  # as a process of its own sends it
    ):
        (instance / "broadsheet.toml").write_text(line)
        served.process.send_signal(wish)
        assert complaint in said(served)
        assert said(served) == "Nothing was reloaded; the site goes on as it was.\n"
    assert served.status("/health/live") == 200
    assert workers(served) == before
    assert served.stop() == (0, "")


def test_killed_worker_takes_only_what_it_was_answering_with_it(serve: Serve) -> None:
    served = serve("--workers", "2", BROADSHEET_WORK="off")
    first, second = workers(served)
    with reading(served) as readers:
        os.kill(first, signal.SIGKILL)
        killed = monotonic()
        until(lambda: len(set(workers(served)) - {first}) == 2)
        readers.some_more()
        assert second in workers(served)
    # A connection to it that was kept open is found to be closed by the next request on it.
    assert len(readers.troubles) <= 4
    assert [trouble for began, trouble in readers.troubles if began > killed + 5] == []
    assert served.stop() == (0, "A server process ended (-9) and starts again.\n")


def test_who_comes_while_no_worker_lives_waits_and_is_answered(serve: Serve) -> None:
    served = serve("--workers", "1", BROADSHEET_WORK="off")
    for _ in range(2):  # once more at once: that is no reason to give up
        (worker,) = workers(served)
        os.kill(worker, signal.SIGKILL)
        until(lambda worker=worker: not is_running(worker))
        assert served.status("/health/live") == 200
    assert served.stop()[0] == 0


@contextmanager
def sending(connection: socket.socket, size: int) -> Iterator[None]:
    """A body that takes its time, but gets on; in the end the rest of it, at once."""
    is_over, sent = Event(), 0

    def send() -> None:
        nonlocal sent
        while not is_over.wait(0.2):
            sent += connection.send(b"a" * 1000)

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
    connection.sendall(b"a" * (size - sent))


def is_read(port: int) -> bool:
    """Whether a worker has accepted the connection to this port, and read what came by it."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(
        row[1].endswith(f":{port:04X}") and row[3] == "01" and row[4].endswith(":00000000") and row[9] != "0"
        for row in rows
    )


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGHUP])
def test_request_under_way_is_answered_when_its_worker_is_told_to_go(
    serve: Serve,
    signal_: int,
) -> None:
    served = serve("--workers", "1", BROADSHEET_WORK="off")
    (worker,) = workers(served)
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as reader:
        head = f"POST /contact HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {LARGEST_TEXT}\r\n"
        reader.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
        with sending(reader, LARGEST_TEXT):
            until(lambda: is_read(served.port))
            served.process.send_signal(signal_)
            if signal_ == signal.SIGHUP:
                assert "has reloaded" in said(served)
                until(lambda: len(workers(served)) == 2)
            # Neither answered nor closed, also after its worker was told to end.
            wait = 0.5 if signal_ == signal.SIGTERM else FAREWELL + 1
            assert select([reader], [], [], wait)[0] == []
        assert reader.recv(1000).startswith(b"HTTP/1.1 503 ")  # nobody has set the site up
    until(lambda: not is_running(worker))
    if signal_ == signal.SIGHUP:
        assert served.status("/health/live") == 200
        served.process.terminate()
    assert served.process.wait(20) == 0


def test_server_whose_workers_never_live_gives_up(environ: dict[str, str]) -> None:
    code = (
        "from broadsheet.commands import main, serving\n"
        "serving.application, serving.LONGEST_PAUSE = lambda *_: 1 / 0, 0.05\n"
        f"main(['run', '--port', '{free_port()}', '--workers', '1'])"
    )
    path = {"PYTHONPATH": str(ROOT / "site")}
    outcome = subprocess.run([sys.executable, "-c", code], env=environ | path, capture_output=True, text=True)
    assert outcome.returncode == 1
    assert outcome.stderr.endswith("The server stopped, because its processes kept ending unexpectedly.\n")
    assert outcome.stdout == ""


def test_leaving_worker_asks_to_connect_anew() -> None:
    told = []

    def site(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"words"]

    assert Leaving(site)({}, lambda status, headers: told.append((status, headers))) == [b"words"]
    assert told == [("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])]


def test_connections_of_a_worker_keep_little(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        keep_little_of_sqlite(app)
        db.session.remove()
        db.engine.dispose()
        assert db.session.scalar(text("PRAGMA cache_size")) == -SQLITE_CACHE


def test_nobody_takes_what_another_process_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    for server, is_ours in ((os.getpid(), True), (1, False)):
        monkeypatch.setenv("RELOADED_BROADSHEET", f'{{"server": {server}, "sockets": [5]}}')
        assert (Handover.take() is not None) == is_ours
        assert "RELOADED_BROADSHEET" not in os.environ
    assert Handover.take() is None
