"""What is kept for a bad day, and for whose eyes."""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from broadsheet.config import THIS_MACHINE, Settings
from broadsheet.doctor import facts
from broadsheet.doctor.finding import Finding, bad, good, noted
from broadsheet.lib import backups, clock
from broadsheet.models import Site
from broadsheet.transfer.archive import ArchiveError, Lock, ownership, sending
from broadsheet.transfer.archive.bucket import Bucket, StorageError


def newest(settings: Settings) -> Iterator[Finding]:
    at = backups.newest(settings.backups)
    if at is None:
        yield noted("Backup", f"none lies in {settings.backups}", "python3 manage.py backup")
        return
    words = f"the newest in {settings.backups} is of {at:%Y-%m-%d %H:%M} UTC"
    if facts.is_old(at, settings):
        yield bad("Backup", words, "Set backup_at, and see that the worker runs; or python3 manage.py backup")
    else:
        yield good("Backup", words)


def sent(settings: Settings) -> Iterator[Finding]:
    """Asks the storage itself, so that what a page shows is not all there is to go by."""
    where = settings.backup_s3
    if not where:
        return
    bucket, now = Bucket(where, settings), clock.now()
    try:
        names = bucket.sizes()
        if identity := _identity():
            ownership.is_claimed(bucket, names, identity)
    except StorageError as error:
        yield bad(
            "Sent backups", str(error), "See backup_s3 and what begins so in docs/reference/settings.md."
        )
        return
    if short := sending.cut_short(settings, names, now):
        yield bad(
            "Sent backups",
            f"{len(short)} in {where} not as long as made, such as {short[0]}",
            "They are sent again, if they lie here: see that the worker runs.",
        )
    yield from _ahead(where, names, now)
    yield _newest_sent(settings, sending.counting(names, now))


def way(settings: Settings) -> Iterator[Finding]:
    """Asks nobody. On this machine nobody is on the way."""
    if not settings.backup_s3:
        return
    try:
        url = urlsplit(Bucket(settings.backup_s3, settings).endpoint)
    except StorageError:
        return  # which `sent` tells
    if url.scheme == "http" and url.hostname not in THIS_MACHINE:
        yield bad(
            "Sent backups",
            f"go to {url.hostname} by plain HTTP: whoever is on the way reads them, and may change them",
            "Set backup_s3_endpoint to an address that begins with https://.",
        )


def _identity() -> str:
    """Of the site; empty if the database does not tell, which is told elsewhere."""
    with suppress(SQLAlchemyError):
        return Site.load().identity
    return ""


def _ahead(where: str, names: Iterable[str], now: datetime) -> Iterator[Finding]:
    if ahead := [name for name in names if (at := backups.moment_of(name)) and backups.is_ahead(at, now)]:
        yield noted(
            "Sent backups",
            f"{len(ahead)} in {where} of a date to come, such as {ahead[0]}: none of them counts",
            "If no clock was wrong, somebody else writes there: change the access key.",
        )


def _newest_sent(settings: Settings, names: Iterable[str]) -> Finding:
    """`names` are those that count."""
    where = settings.backup_s3
    moments = sorted(filter(None, map(backups.moment_of, names)))
    if not moments:
        cure = "python3 manage.py backup makes one, and sends it."
        return bad("Sent backups", f"none lies in {where}", cure)
    words = f"{len(moments)} in {where}, the newest of {moments[-1]:%Y-%m-%d %H:%M} UTC"
    if facts.is_old(moments[-1], settings):
        cure = "See that the worker runs and what it says; or python3 manage.py backup"
        return bad("Sent backups", words, cure)
    if not all(name.endswith(".age") for name in names):
        cure = "Set backup_recipients, or be sure of who reads there."
        return noted("Sent backups", f"{words}, not encrypted", cure)
    return good("Sent backups", words)


def encryption(settings: Settings) -> Iterator[Finding]:
    file = settings.backup_passphrase_file
    try:
        lock = Lock.of(settings)
        mode = stat.S_IMODE(file.stat().st_mode) if file else 0
    except (ArchiveError, OSError) as error:
        said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) else str(error)
        yield bad(
            "Encryption", f"no backup is made: {said}", "Mend backup_recipients or backup_passphrase_file."
        )
        return
    if file and mode & 0o077:
        yield bad("Encryption", f"others may read the passphrase in {file}", f"chmod 600 {file}")
    elif lock:
        yield good("Encryption", f"backups are encrypted {'with a passphrase' if file else 'for keys'}")
