"""`run`: from nothing to a served site."""

import errno
import os
import signal
import socket

import click

from broadsheet.commands.demands import example, in_use, safe
from broadsheet.commands.failures import FAILED, INTERRUPTED, remark
from broadsheet.commands.work import Beside
from broadsheet.config import PARTS, Settings, load
from broadsheet.lib import machine

PORTS_TO_TRY = 20
FIRST_PAGES = {"desk": "/desk", "api": "/api/v1/openapi.json"}  # of the others it is the home page
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  # compared with, not bound to


@click.command(
    "run",
    epilog=example(
        "python3 manage.py run",
        "python3 manage.py run --host 0.0.0.0 --port 80 --workers 4",
        "python3 manage.py run --only public --port 8001",
        "python3 manage.py run --debug",
    ),
)
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.  [default: 8000]")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="How many server processes.  [default: by processors and memory]",
)
@click.option("--only", type=click.Choice(PARTS), help="One part of the site, to run beside the others.")
@safe
@click.option("--debug", is_flag=True, help="Flask's own server: reloads as you edit, shows traces.")
@click.option("--rehearse", hidden=True, help="Says whether a server at this address could start anew.")
def run(
    host: str | None,
    port: int | None,
    workers: int | None,
    only: str | None,
    debug: bool,
    rehearse: str | None,
) -> int:
    """Prepare everything and serve the site.

    Makes the instance folder, the secret key and the database, or migrates it, prints the address to open,
    and serves until it is stopped, with a worker beside it for what is done in the background. Options win
    over settings. SIGHUP loads new code and settings without dropping a request.

    With --only it serves the readers' pages, the desk or the API alone: the same code and database, for
    machines that scale apart behind one address. The worker is beside the desk's.
    """
    given = {
        "BROADSHEET_HOST": host,
        "BROADSHEET_PORT": port,
        "BROADSHEET_WORKERS": workers,
        "BROADSHEET_ONLY": only,
    }
    # Into the environment, so that reloaded and spawned processes find the same.
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    settings = load()
    if rehearse is not None:
        return could_start(settings, rehearse)
    if debug and "WERKZEUG_RUN_MAIN" in os.environ:  # the reloader's child; its parent has prepared all
        return serve_for_developers(settings)
    if debug:
        check_port(settings.host, settings.port)
        click.echo(prepare(settings))
        with in_use(settings):
            return serve_for_developers(settings)
    return serve(settings)


def prepare(settings: Settings) -> str:
    """Makes what is missing; the line that tells which address to open."""
    from broadsheet import create_app
    from broadsheet.commands.migrating import bring_up_to_date
    from broadsheet.extensions import db
    from broadsheet.models import User
    from broadsheet.plugins import Standings
    from broadsheet.web.setting_up import setup_token

    Standings(settings.instance).forgive()
    app = create_app(settings)
    with app.app_context():
        try:
            bring_up_to_date(app)
            is_set_up = User.admin_exists()
        finally:
            # The server's processes are forks of this one, and a connection must not be in two of them.
            db.session.remove()
            db.engine.dispose()
    name = f"Broadsheet, the part {settings.only}," if settings.only else "Broadsheet"
    if is_set_up:
        return f"{name} is ready: {address(settings)}{FIRST_PAGES.get(settings.only, '/')}"
    if settings.only not in ("", "desk"):
        return f"{name} is ready. The part desk tells where the site is set up."
    return f"{name} is ready. Set it up here: {address(settings)}/setup/{setup_token(app)}"


def could_start(settings: Settings, address: str) -> int:
    """Loads all that a server loads, and changes nothing. Raises what stands in its way."""
    from broadsheet import create_app
    from broadsheet.commands.migrating import check_file, is_at_head

    if address != f"{settings.host} {settings.port}":
        raise click.ClickException("A reload cannot change host or port; stop the site and start it again.")
    check_file(settings.database_file)
    with create_app(settings).app_context():
        if not is_at_head():
            raise click.ClickException("The database is to be migrated; stop the site and start it again.")
    return 0


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


def serve(settings: Settings) -> int:
    """Serves with Granian until a signal says stop; the exit status."""
    from broadsheet.commands.serving import Handover, Server

    before = Handover.take()
    if before is None:
        check_port(settings.host, settings.port)
    line = prepare(settings)
    if before is not None:
        line = f"Broadsheet has reloaded: {address(settings)}/"
    server = Server(settings, announce=lambda workers: click.echo(f"{line}\n{means(settings, workers)}"))
    with in_use(settings):
        server.run(before)
    if server.stopped_by == signal.SIGINT:
        return INTERRUPTED
    if server.stopped_by is None:
        remark(settings, "The server stopped, because its processes kept ending unexpectedly.")
        return FAILED
    return 0


def means(settings: Settings, workers: list[int]) -> str:
    """What answers, and the memory that it holds."""
    count = "1 server process" if len(workers) == 1 else f"{len(workers)} server processes"
    line = f"{count} with up to {settings.threads} threads each"
    held = [machine.resident(pid) for pid in workers]
    if None not in held:
        line += f", {max(size or 0 for size in held) // 2**20} MiB of memory each"
    return f"{line}."


def serve_for_developers(settings: Settings) -> int:
    """Flask's server: it reloads what changes. Its debugger runs code, so strangers must not reach it."""
    from werkzeug.serving import run_simple

    from broadsheet import create_app

    app = create_app(settings)
    app.debug = True
    app.extensions["broadsheet_press"].stop()  # templates and styles change under it
    loopback = settings.host in ("127.0.0.1", "::1", "localhost")
    beside = Beside(settings)
    if "WERKZEUG_RUN_MAIN" in os.environ:  # else it would go on with the code of before
        beside.start()
    run_simple(settings.host, settings.port, app, use_reloader=True, use_debugger=loopback, threaded=True)
    beside.stop()
    return 0
