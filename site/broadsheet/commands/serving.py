"""Granian, as `run` uses it.

The server process opens the listening sockets, one for each worker, among which Linux divides those who come;
elsewhere one for all. (Granian's workers would open their own, and what waits there is lost with them.) So
nobody is refused while a worker is missing: a dead one is replaced at once, and takes up what waits. A reload
makes the server process begin anew in its place, with new code and settings, the same sockets and the same
number; the new workers start before the old ones leave.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context, get_start_method
from threading import Event, Thread
from typing import Any

from granian import Granian
from granian._granian import SocketHolder
from granian.http import HTTP1Settings

from broadsheet.commands.failures import FAILED, remark
from broadsheet.commands.work import Beside
from broadsheet.config import ROOT, Settings
from broadsheet.lib.metrics import WIDTH, Board

GRACE = 10  # seconds in which requests under way may end when a worker is told to stop
FAREWELL = 2.0  # seconds in which a worker that is to leave asks its clients to connect anew
BACKLOG = 2048  # connections that wait to be accepted
CONNECTIONS = 4096  # that one worker keeps open
# Of a request: more is answered by 431. As much may wait of what somebody sends faster than it is read.
HEADERS = 96 * 1024
HEADERS_TAKE = 20_000  # milliseconds; also those between two requests
UNSENT = 128 * 1024  # bytes of an answer that the kernel keeps beyond what is under way
OPEN_FILES = 65_536
SQLITE_CACHE = 400  # kB of each connection
M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1  # malloc.h
HOPELESS = 5  # workers in a row that end before they were ready
SHORT_LIFE = 5.0  # seconds; who ends sooner is replaced after a pause
LONGEST_PAUSE = 10.0  # seconds

HANDED_OVER = "RELOADED_BROADSHEET"  # in the environment, without the prefix of the settings
# By it one of our own processes wishes for a reload. Unlike SIGHUP, no terminal sends it.
RELOAD = signal.SIGUSR2 if hasattr(signal, "SIGUSR2") else signal.SIGTERM  # Windows knows no reload
OF_A_RELOAD = {signal.SIGTERM, signal.SIGINT, RELOAD} | (
    {signal.SIGHUP} if hasattr(signal, "SIGHUP") else set()
)
IS_POSIX = os.name == "posix"


@dataclass
class Handover:
    """What a server process leaves to itself when it begins anew."""

    server: int  # its number, so that nobody else takes the rest for theirs
    sockets: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    worker_beside: int = 0

    @classmethod
    def take(cls) -> "Handover | None":
        found = os.environ.pop(HANDED_OVER, "")
        handover = cls(**json.loads(found)) if found else None
        return handover if handover and handover.server == os.getpid() else None

    def pass_on(self) -> None:
        """Begins anew. Signals wait until whoever takes over is ready for them. Does not return."""
        os.environ[HANDED_OVER] = json.dumps(asdict(self))
        for number in self.sockets:
            os.set_inheritable(number, True)
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, OF_A_RELOAD)
        os.execv(sys.executable, [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]])  # noqa: S606  ourselves


class Server(Granian):  # type: ignore[misc,valid-type]  # chosen by the platform, so it has no type
    """Says nothing but what it is asked to, once the site answers."""

    stopped_by: int | None = None

    def __init__(self, settings: Settings, announce: Callable[[list[int]], None]) -> None:
        super().__init__(
            "broadsheet",
            address=settings.host,
            port=settings.port,
            interface="wsgi",
            http="1",
            workers=settings.processes,
            blocking_threads=settings.threads,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TAKE, max_buffer_size=HEADERS),
            workers_kill_timeout=GRACE,
            log_enabled=False,
        )
        self.reload_signal: bool
        self.settings = settings
        self.announce = announce
        self.beside = Beside(settings)
        self.before: Handover | None = None
        self.hopeless = 0
        self._leaving: list[int] = []
        self._hurry = Event()
        # Memory that processes share if they are forked from this one, and not otherwise.
        self._board = Board(self.workers, WIDTH) if get_start_method() == "fork" else None

    def run(self, before: Handover | None = None) -> None:
        """Serves until a signal says stop; `stopped_by` tells which."""
        self.before = before
        allow_many_open_files()
        give_memory_back()
        keep_what_is_there()
        with suppress(SystemExit):  # Granian's verdict; ours follows from the signal
            self.serve(target_loader=partial(application, self.settings, os.getpid()), wrap_loader=False)
        self.beside.stop()

    # -- the socket

    def _init_shared_socket(self) -> None:
        if not IS_POSIX:
            super()._init_shared_socket()
            return
        signal.signal(RELOAD, super().signal_handler_reload)
        # By now there is somebody to hear them, and no worker yet that would inherit their being blocked.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OF_A_RELOAD)
        handed_over = self.before.sockets if self.before else []
        self._listeners = [socket.socket(fileno=number) for number in handed_over]
        for listener in self._listeners:
            listener.set_inheritable(False)
        wanted = self.workers if sys.platform == "linux" else 1
        while len(self._listeners) < wanted:
            self._listeners.append(listening(self.bind_addr, self.bind_port))
        while len(self._listeners) > wanted:  # the worker that leaves accepts what waits there
            self._listeners.pop().close()
        self._sso = None

    def _drop_shared_socket(self) -> None:
        super()._drop_shared_socket()
        if IS_POSIX:
            for listener in self._listeners:
                listener.close()

    # -- the workers

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:
        ready = get_context().Event()
        own, others = -1, []
        if IS_POSIX:
            numbers = [listener.fileno() for listener in self._listeners]
            own = numbers[idx % len(numbers)]
            others = [number for number in numbers if number != own]
            self._ssp, self._shd = None, socket_holder(own)
        worker = super()._spawn_worker(
            idx, target, partial(callback_loader, own, others, ready, (self._board, idx))
        )
        worker.ready, worker.pause = ready, 0.0
        return worker

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)
        while not all(worker.ready.is_set() for worker in self.wrks):
            if self.interrupt_signal or self.hopeless >= HOPELESS:
                return
            self._replace_dead(spawn_target, target_loader)
            time.sleep(0.01)
        self.announce([worker.inner.pid for worker in self.wrks])
        self.beside.start(instead_of=self.before.worker_beside if self.before else 0)  # readers come first
        if self.before:
            self._see_off(self.before.workers)

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        while not self.interrupt_signal and self.hopeless < HOPELESS:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            self._replace_dead(spawn_target, target_loader)
            if self.reload_signal and not self.interrupt_signal:
                self.reload_signal = False
                self._begin_anew()

    def _replace_dead(self, spawn_target: Any, target_loader: Any) -> None:
        while self.interrupt_children and not self.interrupt_signal:
            self._replace(self.interrupt_children.pop(0), spawn_target, target_loader)

    def _replace(self, idx: int, spawn_target: Any, target_loader: Any) -> None:
        """One that lived is replaced at once; one that keeps ending, after longer and longer pauses."""
        dead = self.wrks[idx]
        lived = time.monotonic() - dead.birth
        self.hopeless = 0 if dead.ready.is_set() else self.hopeless + 1
        if self.hopeless >= HOPELESS:
            return
        pause = 0.0 if lived > SHORT_LIFE else min(max(2 * dead.pause, 0.25), LONGEST_PAUSE)
        if dead.ready.is_set():
            remark(self.settings, f"A server process ended ({dead.inner.exitcode}) and starts again.")
        self.main_loop_interrupt.wait(pause)
        if not self.interrupt_signal:
            worker = self._spawn_worker(idx, spawn_target, target_loader)
            worker.pause = pause
            worker.start()
            self.wrks[idx] = worker

    # -- its end, and its next life

    def signal_handler_interrupt(self, number: int = signal.SIGTERM, frame: Any = None) -> None:
        self.stopped_by = number
        super().signal_handler_interrupt()

    def signal_handler_reload(self, number: int = 0, frame: Any = None) -> None:
        # A closed terminal sends the same signal as a wish to reload.
        if on_terminal():
            self.signal_handler_interrupt(number)
        else:
            super().signal_handler_reload()

    def shutdown(self, exit_code: int = 0) -> None:
        self._hurry.set()
        try:
            super().shutdown(exit_code)
        finally:
            for pid in list(self._leaving):
                end(pid, GRACE)

    def _begin_anew(self) -> None:
        """If what is there now could be started at all; else the site goes on as it was."""
        address = f"{self.settings.host} {self.settings.port}"
        rehearsal = [sys.executable, str(ROOT / "manage.py"), "run", "--rehearse", address]
        if subprocess.run(rehearsal, stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603  ourselves
            remark(self.settings, "Nothing was reloaded; the site goes on as it was.")
            return
        if self.interrupt_signal:
            return
        workers = [worker.inner.pid for worker in self.wrks if worker.is_alive()]
        sockets = [listener.fileno() for listener in self._listeners]
        Handover(os.getpid(), sockets, workers + self._leaving, self.beside.pid).pass_on()

    def _see_off(self, workers: list[int]) -> None:
        """Those of before the reload, in the background; each ends when its last request is answered."""
        self._leaving = list(workers)

        def see_off() -> None:
            tell(self._leaving, signal.SIGUSR1)
            self._hurry.wait(FAREWELL)
            tell(self._leaving, signal.SIGTERM)
            for pid in workers:
                end(pid, GRACE)
                self._leaving.remove(pid)

        Thread(target=see_off, name="farewell", daemon=True).start()


def on_terminal() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def listening(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else the port stays taken for a minute
    if sys.platform == "linux":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Those that it accepts inherit these.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
    listener.bind(where)
    listener.listen(BACKLOG)
    return listener


def socket_holder(listener: int) -> SocketHolder:
    """As Granian passes it on; it leaves the closing to us."""
    backlog = (BACKLOG,) if sys.platform.startswith(("linux", "freebsd")) else ()
    return SocketHolder(listener, False, *backlog)  # type: ignore[call-arg]  # differs by platform


def allow_many_open_files() -> None:
    """Each connection is one; many systems allow a process 1,024 unless it asks."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def tell(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def end(pid: int, grace: float) -> None:
    """Waits for a child that was told to stop, and kills it when it takes too long."""
    until = time.monotonic() + grace
    with suppress(ChildProcessError):  # somebody else has waited for it
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                tell([pid], signal.SIGKILL)
            time.sleep(0.02)


# -- within a worker


def application(
    settings: Settings,
    server: int,
    listener: int,
    others: list[int],
    ready: Any,
    place: tuple[Board | None, int],
) -> Any:
    """The site, as each of the server's workers loads it; `place` is where this one counts."""
    from broadsheet import create_app
    from broadsheet.commands.patience import Patient, Waits
    from broadsheet.commands.shortcut import Shortcut
    from broadsheet.commands.watch import Watch
    from broadsheet.web.counting import counts_of
    from broadsheet.web.press import Press

    for number in others:  # or they would be kept open when nobody accepts from them any more
        os.close(number)
    Thread(target=end_with, args=(server,), name="parent", daemon=True).start()
    app = create_app(settings)
    if IS_POSIX:
        app.extensions["broadsheet_reload"] = partial(os.kill, server, RELOAD)
    keep_little_of_sqlite(app)
    counts, (board, row) = counts_of(app), place
    if board is not None:
        counts.share(board, row)
    counts.begin()
    shortcut = Shortcut()
    if isinstance(app.wsgi_app, Press):  # no proxy tells another address than the one that is seen
        shortcut.open(app.wsgi_app)
    if IS_POSIX:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the server's business

        def leave(number: int, frame: Any) -> None:
            accept_no_more(listener)
            shortcut.is_closed = True
            app.wsgi_app = Leaving(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it

        signal.signal(signal.SIGUSR1, leave)
    waits = Waits(settings.threads)
    if sys.platform == "linux":
        Watch(waits, port_of(listener), CONNECTIONS).begin()
    keep_what_is_there()
    ready.set()
    return Patient(app, waits)


def port_of(listener: int) -> int:
    with socket.socket(fileno=os.dup(listener)) as one:
        return int(one.getsockname()[1])


def keep_what_is_there() -> None:
    """Spares the collector all that was loaded, which stays: to look through it stops every thread for a
    tenth of a second. Processes that start from here share it the longer for being left alone."""
    gc.collect()
    gc.freeze()


def keep_little_of_sqlite(app: Any) -> None:
    """Many threads have a connection each, which would keep 2 MB of the file that the system keeps, too."""
    from sqlalchemy import event

    from broadsheet.extensions import db

    def connect(connection: Any, record: object) -> None:
        connection.execute(f"PRAGMA cache_size = -{SQLITE_CACHE}")

    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", connect)


def give_memory_back() -> None:
    """Tells GNU's C library (mallopt(3)) what it cannot know: threads gain nothing by heaps of their own, as
    Python holds its lock while it asks for memory; and large pieces, which compressing takes, end soon."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
        # What an answer takes is left for the next: given back, it would be asked for page by page again.
        libc.mallopt(M_TRIM_THRESHOLD, 2 * 1024 * 1024)


def accept_no_more(listener: int) -> None:
    """Puts a socket to which nobody connects in its place, which only this process sees. Granian would go on
    to accept until it is told to stop, and then close what it has not begun to read."""
    with socket.create_server(("127.0.0.1", 0)) as nobodys:
        nobodys.setblocking(False)
        os.dup2(nobodys.fileno(), listener, inheritable=False)


class Leaving:
    """Asks every client to connect anew, so that none sends a request just when its connection is closed."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *error)

        return self.inner(environ, start)


def end_with(server: int) -> None:
    """Without the server that started it, a process would keep the port of the next one."""
    while not IS_POSIX or os.getppid() == server:  # Windows keeps telling the number of the dead
        time.sleep(1)
    os._exit(FAILED)
