"""Brings the database to the shape that this code expects, or says in one line why it cannot."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from broadsheet.lib.one_line import one_line

LOOK_FOR = 0.25  # seconds; a check of a large database would hold up every start
# Bytes. Nothing stops the check within a table: beyond, only what no page does without is looked at.
CHECKED_WHOLE = 256 * 2**20
ALWAYS_CHECKED = ("alembic_version", "settings", "users", "tags", "series")
MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Any number, as long as it is always the same; on MariaDB the name is the whole server's.
ADVISORY_LOCK = 0x62726F61
LOCKS = {
    "postgresql": tuple(f"SELECT pg_advisory_{do}({ADVISORY_LOCK})" for do in ("lock", "unlock")),
    "mariadb": ("SELECT get_lock(database(), 3600)", "SELECT release_lock(database())"),
}


def bring_up_to_date(app: Flask) -> None:
    """Makes or migrates the database if need be. Safe when several processes start at once.

    Raises click.ClickException when it is damaged, newer than the code, out of reach or somebody else's.
    Called within the app's context.
    """
    from sqlalchemy.exc import DBAPIError

    from broadsheet.lib.locks import file_lock

    settings = app.config["BROADSHEET"]
    check_file(settings.database_file)
    try:
        if not is_at_head():
            # What another start is making right now looks like somebody else's until it is whole.
            with file_lock(settings.instance / "migrating.lock"), _lock_on_server():
                if not is_current(app):
                    _upgrade(app)
    except DBAPIError as error:
        raise click.ClickException(refused(error)) from error


def _upgrade(app: Flask) -> None:
    from broadsheet.commands.upgrading import upgrade_safely
    from broadsheet.extensions import db

    former = "-".join(sorted(revisions_of(app)))
    if not former:
        upgrade(app)
        return
    if app.config["BROADSHEET"].database_file:
        db.engine.dispose()  # nothing of ours is open in a file that is about to lose its name
    upgrade_safely(app, former)


def check_file(path: Path | None) -> None:
    """Looks for damage in an SQLite file, for a moment. What a moment does not find, a page will."""
    if path is None or not path.exists() or path.stat().st_size == 0:
        return
    ends = time.monotonic() + LOOK_FOR
    try:
        connection = sqlite3.connect(path, timeout=5)
        try:
            connection.set_progress_handler(lambda: time.monotonic() > ends, 1000)
            found = _damage(connection, whole=path.stat().st_size <= CHECKED_WHOLE)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            return
        raise click.ClickException(f"The database {path} cannot be opened: {error}.") from None
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise click.ClickException(
            f"The database {path} is damaged ({one_line(found)}). "
            "Keep a copy of the file, move it away, and restore a backup."
        )


def _damage(connection: sqlite3.Connection, *, whole: bool) -> str:
    """What SQLite finds, "ok" if nothing."""
    if whole:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    checks = (connection.execute(f"PRAGMA quick_check({name})") for name in ALWAYS_CHECKED if name in there)
    return next((found for check in checks if (found := str(check.fetchone()[0])) != "ok"), "ok")


def is_at_head() -> bool:
    """Whether it is plainly the newest. Told without Alembic, which a server would carry along in memory."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from broadsheet.database import has_triggers, reading
    from broadsheet.extensions import db

    try:
        with reading(), db.engine.connect() as connection:
            current = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
            if not has_triggers(connection):
                return False
    except DBAPIError:
        return False
    return current == known_revisions() - known_revisions("down_revision")


def known_revisions(name: str = "revision") -> set[str]:
    """Those of which there is a migration, or with `down_revision` those that another one follows."""
    sources = [path.read_text(encoding="utf-8") for path in (MIGRATIONS / "versions").glob("*.py")]
    return {
        found[1] for source in sources if (found := re.search(rf'^{name} = "(.+)"', source, re.MULTILINE))
    }


def is_current(app: Flask) -> bool:
    """Whether nothing is to be done."""
    from broadsheet.extensions import db

    scripts = script_directory(app)
    current = revisions_of(app)
    unknown = current - {script.revision for script in scripts.walk_revisions()}
    if unknown:
        raise click.ClickException(
            f"The database is newer than this code (revision {', '.join(sorted(unknown))}). "
            "Bring the code up to date (git pull), or go back to the database from before the upgrade:"
            "  python3 manage.py db back"
        )
    if not current and (tables := _foreign_tables()):
        raise click.ClickException(
            f"The database {db.engine.url!r} holds tables of something else ({', '.join(tables[:3])}, …). "
            "Give Broadsheet a database of its own."
        )
    return current == set(scripts.get_heads()) and _has_triggers()


def _has_triggers() -> bool:
    from broadsheet.database import has_triggers, reading
    from broadsheet.extensions import db

    with reading(), db.engine.connect() as connection:
        return has_triggers(connection)


def upgrade(app: Flask, revision: str = "head") -> None:
    from alembic import command

    command.upgrade(alembic_config(app), revision)


def alembic_config(app: Flask) -> Any:
    set_up(app)
    return app.extensions["migrate"].migrate.get_config()


def set_up(app: Flask) -> None:
    from flask_migrate import Migrate

    from broadsheet.extensions import db

    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)


def script_directory(app: Flask) -> Any:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config(app))


def revisions_of(app: Flask) -> set[str]:
    """Where the database is; nowhere, if it is empty."""
    from alembic.runtime.migration import MigrationContext

    from broadsheet.database import reading
    from broadsheet.extensions import db

    with reading(), db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def _foreign_tables() -> list[str]:
    from sqlalchemy import inspect

    from broadsheet.database import reading
    from broadsheet.extensions import db

    with reading():
        return sorted(set(inspect(db.engine).get_table_names()) - {"alembic_version"})


@contextmanager
def _lock_on_server() -> Iterator[None]:
    """A file's lock holds on one machine; several machines may share a server."""
    from sqlalchemy import text

    from broadsheet.extensions import db

    if db.engine.dialect.name == "sqlite":
        yield
        return
    lock, unlock = LOCKS[db.engine.dialect.name]
    with db.engine.connect() as connection:
        connection.execute(text(lock))
        try:
            yield
        finally:
            connection.execute(text(unlock))


def refused(error: Exception) -> str:
    from broadsheet.commands.failures import database
    from broadsheet.extensions import db

    return f"{database(error)} ({db.engine.url!r})"
