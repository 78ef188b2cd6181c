"""The machine and the instance folder."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from broadsheet.config import FILE, PREFIX, SHORTEST_KEY, TABLE, Settings, default_of
from broadsheet.database import reading
from broadsheet.doctor import facts
from broadsheet.doctor.finding import Finding, bad, good, megabytes, noted, some
from broadsheet.extensions import db
from broadsheet.lib import clock as time
from broadsheet.models import Event, Site

TOLERATED = timedelta(minutes=2)
MINUTE = "%Y-%m-%d %H:%M UTC"
# Before it no Broadsheet was made.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
PRIVATE = ("secret_key", FILE, "broadsheet.db", "jobs.sqlite3", "backups", "outbox")


def settings(settings: Settings) -> Iterator[Finding]:
    """They could be read, or no command would have begun."""
    own = [name for name, each in TABLE.items() if getattr(settings, name) != default_of(each)]
    yield good("Settings", f"{len(own)} differ from the defaults: {some(own, 6)}" if own else "the defaults")
    if not settings.site_url:
        yield noted(
            "Settings",
            "site_url is not set: links in mails bear the address at which somebody asked",
            f"Set {PREFIX}SITE_URL to the public address, as in https://www.example.org.",
        )
    if settings.secret_key_fallbacks:
        yield noted(
            "Settings",
            "earlier secret keys are still accepted",
            f"Take {PREFIX}SECRET_KEY_FALLBACKS away when a month has passed since the change.",
        )
    if not settings.rate_limits:
        yield bad(
            "Settings",
            "rate_limits is off: passwords can be tried without end",
            f"Take {PREFIX}RATE_LIMITS away.",
        )


def stored(settings: Settings) -> Iterator[Finding]:
    """Those that are changed at the desk."""
    with reading():
        unfit = Site.load().unfit
        db.session.rollback()
    for name in unfit:
        yield bad(
            "Settings",
            f"what the database holds as {name} cannot be used; the default stands for it",
            "Set it anew at the desk, under Settings, Appearance or Navigation.",
        )


def secret_key(settings: Settings) -> Iterator[Finding]:
    if settings.secret_key:
        yield good("Secret key", f"set, {len(settings.secret_key)} characters")
        return
    path = settings.instance / "secret_key"
    if not path.exists():
        yield bad(
            "Secret key",
            f"{path} is missing",
            "Bring it back from a backup (files/secret_key in it) before the site starts: a new one signs"
            " everybody out, and opens no authenticator app.",
        )
        return
    length = len(path.read_text(encoding="ascii", errors="replace").strip())
    if length < SHORTEST_KEY:
        yield bad(
            "Secret key", f"{path} holds no usable key", "Delete it to get a new one: all sign in anew."
        )
    else:
        yield good("Secret key", f"kept in {path}")


def permissions(settings: Settings) -> Iterator[Finding]:
    if os.name != "posix":
        yield noted("Permissions", "not looked at on this system")
        return
    folder = settings.instance
    if not os.access(folder, os.W_OK | os.X_OK):
        yield bad("Permissions", f"{folder} cannot be written", f"chown -R {os.geteuid()} {folder}")
    is_closed = not stat.S_IMODE(folder.stat().st_mode) & 0o007
    open_ = [name for name in PRIVATE if _is_open_to_all(folder / name)]
    if open_ and not is_closed:
        yield bad(
            "Permissions",
            f"everybody on this machine can read {some(open_)} in {folder}",
            f"chmod 700 {folder}",
        )
    foreign = sorted(one.name for one in folder.iterdir() if one.stat().st_uid != os.geteuid())
    if foreign:
        yield bad(
            "Permissions",
            f"{some(foreign)} in {folder} belong to somebody else than who runs this",
            f"Run Broadsheet as one and the same user: chown -R {os.geteuid()} {folder}",
        )
    if not foreign and (is_closed or not open_):
        yield good("Permissions", f"{folder} is its owner's alone" if is_closed else f"{folder} is readable")


def _is_open_to_all(path: Path) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o004)


def clock(settings: Settings) -> Iterator[Finding]:
    """Against the database's server, and against what was written here before."""
    now = time.now()
    cure = "Let the system keep the time (systemd-timesyncd, chrony); posts appear and links end by it."
    if now < EARLIEST:
        yield bad("Clock", f"it is {now:%Y-%m-%d}, it says", cure)
        return
    with reading():
        newest = db.session.scalar(select(func.max(Event.at)))
        server = _time_of_server()
        db.session.rollback()
    if newest is not None and newest > now + TOLERATED:
        yield bad(
            "Clock",
            f"it says {now:%Y-%m-%d %H:%M} UTC, but something was written at {newest:%Y-%m-%d %H:%M}",
            cure,
        )
    elif server is not None and abs(server - now) > TOLERATED:
        yield bad("Clock", f"it differs from the database server's by {abs(server - now)}", cure)
    else:
        yield good("Clock", f"{now:{MINUTE}}")


def _time_of_server() -> datetime | None:
    if db.engine.dialect.name == "mariadb":
        utc: datetime = db.session.scalars(select(func.utc_timestamp(6))).one()
        return utc.replace(tzinfo=UTC)
    return db.session.scalar(select(func.now())) if db.engine.dialect.name == "postgresql" else None


def disk(settings: Settings) -> Iterator[Finding]:
    free = facts.free_space(settings)
    if free < facts.LITTLE_SPACE:
        yield bad(
            "Disk",
            f"only {megabytes(free)} are free",
            "Make room: below 100 MB no upload is taken, and without any no text.",
        )
    else:
        yield good("Disk", f"{megabytes(free)} free")
