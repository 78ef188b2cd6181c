"""What is wrong with an installation, and the cure: one line each, for `manage.py doctor`.

A check looks at one thing, asks no more of the site than it must (the database may be the patient), and
returns a Finding for each line. What it raises becomes a line, too.
"""

import logging
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy.exc import DatabaseError

from broadsheet.config import Settings
from broadsheet.doctor import backups, front, installation, mail, parts, plugins, store, work
from broadsheet.doctor.finding import Finding, State
from broadsheet.lib.one_line import one_line

__all__ = ["Finding", "State", "examine"]

log = logging.getLogger(__name__)

Check = Callable[[Settings], Iterator[Finding]]

HERE: tuple[tuple[str, Check], ...] = (
    ("Settings", installation.settings),
    ("Settings", installation.stored),
    ("Secret key", installation.secret_key),
    ("Permissions", installation.permissions),
    ("Clock", installation.clock),
    ("Disk", installation.disk),
    ("Database", store.database),
    ("Search", store.search),
    ("Uploads", store.uploads),
    ("Part", parts.shared),
    ("Plugin", plugins.plugins),
    ("Worker", work.worker),
    ("Errors", work.errors),
    ("Backup", backups.newest),
    ("Encryption", backups.encryption),
    ("Sent backups", backups.way),
    ("Outbox", mail.outbox),
)
# What asks other machines.
ELSEWHERE: tuple[tuple[str, Check], ...] = (
    ("Sent backups", backups.sent),
    ("Address", front.address),
    ("Slow visitors", front.slow_visitors),
    ("Mail server", mail.server),
    ("Sender", mail.sender),
)
OF_DATABASE = (
    *(installation.stored, installation.clock, store.database, store.search, store.uploads),
    work.worker,
)
DAMAGED = "The database is damaged. Keep a copy of the file, move it away, and restore a backup."


def examine(
    settings: Settings,
    *,
    offline: bool = False,
    without_database: bool = False,
    further: Iterable[tuple[str, Check]] = (),
) -> Iterator[Finding]:
    """Line by line, as they are found. Called within the app's context."""
    for name, check in (*HERE, *further, *(() if offline else ELSEWHERE)):
        if without_database and check in OF_DATABASE:
            continue
        try:
            yield from check(settings)
        except Exception as error:  # each is looked at, whatever became of the one before
            log.debug("the check of %s failed", name, exc_info=True)
            why = one_line(error)[:200] or type(error).__name__
            is_damage = isinstance(error, DatabaseError) and "malformed" in why
            yield Finding(name, State.BAD, f"could not be looked at: {why}", DAMAGED if is_damage else "")
