"""`run`: from nothing to a served site."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any

import click

from broadsheet.commands.demands import example
from broadsheet.commands.failures import FAILED, INTERRUPTED
from broadsheet.commands.work import Beside
from broadsheet.config import Settings, load

PORTS_TO_TRY = 20
GRACE = 10  # seconds in which requests under way may end when the server is told to stop
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  # compared with, not bound to


@click.command(
    "run",
    epilog=example(
        "python3 manage.py run",
        "python3 manage.py run --host 0.0.0.0 --port 80 --workers 4",
        "python3 manage.py run --debug",
    ),
)
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="How many server processes.  [default: 1]")
@click.option("--debug", is_flag=True, help="Flask's own server: reloads as you edit, shows traces.")
def run(host: str | None, port: int | None, workers: int | None, debug: bool) -> int:
    """Prepare everything and serve the site.

    Makes the instance folder, the secret key and the database, or migrates it, prints the address to open,
    and serves until it is stopped, with a worker beside it for what is done in the background. Options win
    over settings.
    """
    given = {"BROADSHEET_HOST": host, "BROADSHEET_PORT": port, "BROADSHEET_WORKERS": workers}
    # Into the environment, so that reloaded and spawned processes find the same.
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    settings = load()
    if debug and "WERKZEUG_RUN_MAIN" in os.environ:  # the reloader's child; its parent has prepared all
        return serve_for_developers(settings)
    check_port(settings.host, settings.port)
    line = prepare(settings)
    if debug:
        click.echo(line)
        return serve_for_developers(settings)
    return serve(settings, announce=partial(click.echo, line))


def prepare(settings: Settings) -> str:
    """Makes what is missing; the line that tells which address to open."""
    from broadsheet import create_app
    from broadsheet.commands.migrating import bring_up_to_date
    from broadsheet.extensions import db
    from broadsheet.models import User
    from broadsheet.web.setting_up import setup_token

    app = create_app(settings)
    with app.app_context():
        try:
            bring_up_to_date(app)
            is_set_up = User.admin_exists()
        finally:
            # The server's processes are forks of this one, and a connection must not be in two of them.
            db.session.remove()
            db.engine.dispose()
    if is_set_up:
        return f"Broadsheet is ready: {address(settings)}/"
    return f"Broadsheet is ready. Set it up here: {address(settings)}/setup/{setup_token(app)}"


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the site, unless its public address is known."""
    if settings.site_url:
        return settings.site_url
    host = "127.0.0.1" if settings.host in EVERY_ADDRESS else settings.host
    return f"http://{_bracketed(host)}:{settings.port}"


# -- the port


def check_port(host: str, port: int) -> None:
    """Granian would share a port that another server listens on, and take half of its requests."""
    error = _cannot_bind(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        others = range(port + 1, min(port + PORTS_TO_TRY, 65536))
        free = next((other for other in others if _cannot_bind(host, other) is None), None)
        hint = f"; try --port {free}" if free else ""
        raise click.ClickException(f"Port {port} is in use by another program{hint}.")
    if error.errno == errno.EACCES:
        raise click.ClickException(f"Port {port} is only for the system's own programs; try --port 8000.")
    raise click.ClickException(f"{host} is not an address of this machine; try --host 127.0.0.1.")


def _cannot_bind(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # else a port stays taken for a minute after its server ended
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        return error
    return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


# -- the servers


def serve(settings: Settings, announce: Callable[[], None]) -> int:
    """Serves with Granian until a signal says stop; the exit status."""
    server = _server_class()(
        "broadsheet",
        address=settings.host,
        port=settings.port,
        interface="wsgi",
        http="1",
        workers=settings.workers,
        blocking_threads=settings.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_enabled=False,
    )
    server.announce = announce
    server.probe = address_to_probe(settings)
    server.beside = Beside(settings)
    with suppress(SystemExit):  # Granian's verdict; ours follows from the signal
        server.serve(target_loader=partial(application, settings, os.getpid()), wrap_loader=False)
    server.beside.stop()
    if server.stopped_by == signal.SIGINT:
        return INTERRUPTED
    if server.stopped_by is None:
        click.echo("The server stopped, because its processes kept ending unexpectedly.", err=True)
        return FAILED
    return 0


def application(settings: Settings, server: int) -> Any:
    """The site, as each of the server's processes loads it."""
    from broadsheet import create_app

    Thread(target=_end_with, args=(server,), name="parent", daemon=True).start()
    return create_app(settings)


def _end_with(server: int) -> None:
    """Without the server that started it, a process would keep the port of the next one."""
    while os.name != "posix" or os.getppid() == server:  # Windows keeps telling the number of the dead
        time.sleep(1)
    os._exit(FAILED)


def address_to_probe(settings: Settings) -> tuple[str, int]:
    loopback = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  looked up, not bound to
    return loopback.get(settings.host, settings.host), settings.port


def _server_class() -> Any:
    from granian import Granian

    class Server(Granian):  # type: ignore[misc,valid-type]  # chosen by the platform, so it has no type
        """Granian, which tells nothing but where the site is, and only once it answers there."""

        announce: Callable[[], None]
        probe: tuple[str, int]
        beside: Beside
        stopped_by: int | None = None

        def startup(self, *args: Any, **options: Any) -> None:
            super().startup(*args, **options)
            if _answers(self.probe, lambda: self.main_loop_interrupt.is_set()):
                self.announce()
                self.beside.start()  # readers come first

        def signal_handler_interrupt(self, number: int = signal.SIGTERM, frame: Any = None) -> None:
            self.stopped_by = number
            super().signal_handler_interrupt()

        def signal_handler_reload(self, number: int = 0, frame: Any = None) -> None:
            # A closed terminal sends the same signal as a wish to reload.
            if _on_terminal():
                self.signal_handler_interrupt(number)
            else:
                super().signal_handler_reload()

    return Server


def _answers(where: tuple[str, int], given_up: Callable[[], bool]) -> bool:
    while not given_up():
        try:
            with socket.create_connection(where, timeout=1):
                return True
        except OSError:
            time.sleep(0.005)
    return False


def _on_terminal() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def serve_for_developers(settings: Settings) -> int:
    """Flask's server: it reloads what changes. Its debugger runs code, so strangers must not reach it."""
    from werkzeug.serving import run_simple

    from broadsheet import create_app

    app = create_app(settings)
    app.debug = True
    loopback = settings.host in ("127.0.0.1", "::1", "localhost")
    beside = Beside(settings)
    if "WERKZEUG_RUN_MAIN" in os.environ:  # else it would go on with the code of before
        beside.start()
    run_simple(settings.host, settings.port, app, use_reloader=True, use_debugger=loopback, threaded=True)
    beside.stop()
    return 0
