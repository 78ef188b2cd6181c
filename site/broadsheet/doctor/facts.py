"""What is so, for whoever tells of it: the doctor on the terminal, Today at the desk, and `/metrics`.

From where on it is bad is said here as well, so that they agree.
"""

import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import text

from broadsheet.config import Settings
from broadsheet.extensions import db
from broadsheet.lib import backups, clock
from broadsheet.mail.outbox import REFUSED

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
LITTLE_SPACE = 1_000_000_000  # bytes
MAIL_IS_LATE = timedelta(hours=1)
JOBS_ARE_LATE = timedelta(minutes=30)


@dataclass(frozen=True)
class Mails:
    is_set_up: bool
    waiting: int
    refused: int
    oldest: timedelta | None  # how long it waits

    @property
    def are_late(self) -> bool:
        return self.is_set_up and self.oldest is not None and self.oldest > MAIL_IS_LATE


def mails() -> Mails:
    box = current_app.extensions["broadsheet_outbox"]
    waiting = [_mtime(path) for path in box.waiting()]
    refused = sum(1 for _path in box.folder.glob(f"*{REFUSED}"))
    oldest = timedelta(seconds=max(time.time() - min(waiting), 0)) if waiting else None
    return Mails(box.server is not None, len(waiting), refused, oldest)


def is_old(newest: datetime, settings: Settings) -> bool:
    """Of backups, wherever they lie."""
    return clock.now() - newest > backups.old_after(daily=settings.backup_at is not None)


def free_space(settings: Settings) -> int:
    return shutil.disk_usage(settings.instance).free


def database_name() -> str:
    name = db.engine.dialect.name
    return DATABASES.get(name, name)


# How a server is asked for the bytes of its database.
SIZES = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "mariadb": (
        "SELECT sum(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = database()"
    ),
}


def database_size() -> int | None:
    """Bytes, with what SQLite has yet to move into its file; None of a kind that was not asked for."""
    if ask := SIZES.get(db.engine.dialect.name):
        return int(db.session.scalar(text(ask)) or 0)
    file = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not file or not Path(file).is_file():
        return None
    return sum(one.stat().st_size for one in (Path(file), Path(f"{file}-wal")) if one.is_file())


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # sent meanwhile
        return time.time()
