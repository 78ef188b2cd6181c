"""An upgrade of the database that is rehearsed: what was there before stays, until something better is.

On SQLite a copy is migrated and looked at, and takes the place of the database, which is kept. On a server
the rows of before are kept as an archive; on PostgreSQL the migration is one transaction, on MariaDB, which
knows none for that, a copy made of the archive is migrated first.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask

from broadsheet.commands.archives import Migrations, edition_of
from broadsheet.commands.demands import to_oneself
from broadsheet.config import MEGABYTE, Settings
from broadsheet.lib.one_line import one_line

if TYPE_CHECKING:
    from broadsheet.transfer.archive.places import SQLite

PREFIX = "before-upgrade-from"
REPLACED = "before-going-back-from"
DOWNGRADED = "before-downgrade-from"
KEPT = 3  # databases of before upgrades
SPARE = 50 * MEGABYTE  # that a migration may add


def upgrade_safely(app: Flask, former: str) -> None:
    """From this revision to the newest. Raises click.ClickException, and then all is as it was."""
    settings = app.config["BROADSHEET"]
    with to_oneself(settings):
        kept = _by_a_copy(settings, former) if settings.database_file else _in_place(app, former)
    drop_older(kept.parent)
    click.echo(
        f"The database was upgraded. What it was, revision {former}, is in {kept}\n"
        "To go back to it: python3 manage.py db back",
        err=True,
    )


# -- SQLite


def _by_a_copy(settings: Settings, former: str) -> Path:
    from broadsheet.transfer.archive import places

    file = settings.database_file
    assert file is not None  # noqa: S101  as the caller has seen
    require_room(file)
    place = places.SQLite(file)
    try:
        place.make()
        copy(file, place.draft)
        _migrate(settings, place.url)
        if found := problems(file, place.draft):
            raise click.ClickException(f"The upgrade was not taken: {found}. The database is as it was.")
        return _swap(place, settings, PREFIX, former)
    finally:
        place.clear()


def require_room(file: Path, what: str = "upgrade") -> None:
    needed, free = file.stat().st_size + SPARE, shutil.disk_usage(file.parent).free
    if needed > free:
        raise click.ClickException(
            f"The {what} needs {needed // MEGABYTE:,} MB for a copy of the database, and there are"
            f" {free // MEGABYTE:,} MB free in {file.parent}."
        )


def copy(file: Path, to: Path) -> None:
    """As SQLite itself copies, with what is in the log beside it (sqlite.org/backup.html)."""
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _migrate(settings: Settings, url: str) -> None:
    try:
        Migrations(settings).bring(url, "head")
    except Exception as error:
        raise click.ClickException(
            f"The database could not be upgraded ({type(error).__name__}: {one_line(error)})."
            " It is as it was: check out the version of before, and report this."
        ) from error


def problems(former: Path, migrated: Path) -> str:
    """What speaks against the copy; empty if nothing does."""
    with closing(sqlite3.connect(former)) as old, closing(sqlite3.connect(migrated)) as new:
        if (found := new.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            return f"the copy is damaged ({found})"
        if broken := new.execute("PRAGMA foreign_key_check").fetchone():
            return f"rows of {broken[0]} refer to what is not there"
        before, after = _counts(old), _counts(new)
    for table in sorted(set(before) & set(after)):
        if after[table] < before[table]:
            return f"{table} has {after[table]:,} rows instead of {before[table]:,}"
    return ""


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    from broadsheet.transfer.archive import contents

    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  a table's own name
        for name in names
        if not contents.is_left_out(name)
    }


def _swap(place: "SQLite", settings: Settings, prefix: str, former: str) -> Path:
    """The draft is the database, and what that was is kept; where."""
    from broadsheet.transfer.archive import places

    kept = _new_place(settings, prefix, former, ".db")
    places.settle(place.file)
    try:
        os.link(place.file, kept)
    except OSError:  # a disk without links
        copy(place.file, kept)
    kept.chmod(0o600)
    place.take()
    return kept


# -- a server


def _in_place(app: Flask, former: str) -> Path:
    from broadsheet.commands.migrating import upgrade
    from broadsheet.extensions import db
    from broadsheet.transfer.archive import Source, save

    settings = app.config["BROADSHEET"]
    kept = _new_place(settings, PREFIX, former, ".zip")
    save(Source(db.engine, settings.instance, with_files=False), kept)
    if db.engine.dialect.name == "mariadb":
        db.engine.dispose()
        _rehearse(settings, kept)
    try:
        upgrade(app)
    except Exception as error:
        if db.engine.dialect.name != "mariadb":
            raise
        raise click.ClickException(
            f"The upgrade failed in its midst ({_said(error)}). To have the database as it was:"
            "  python3 manage.py db back"
        ) from error
    return kept


def _rehearse(settings: Settings, kept: Path) -> None:
    """Raises click.ClickException."""
    from broadsheet.transfer.archive import Archive, places, restoring

    try:
        with (
            Archive.opened(kept, scratch=settings.instance) as archive,
            places.beside(settings.database, None) as place,
        ):
            restoring.build(archive, place.url, Migrations(settings))
    except Exception as error:
        kept.unlink()
        raise click.ClickException(
            f"The upgrade was not tried: a copy of the database could not be upgraded ({_said(error)})."
            " The database is as it was."
        ) from error


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {one_line(error)}"


# -- what is kept


def _new_place(settings: Settings, prefix: str, former: str, ending: str) -> Path:
    from broadsheet.lib import backups, clock

    folder = backups.opened(settings.instance / backups.FOLDER)
    return folder / f"{prefix}-{former}-{clock.now():{backups.STAMP}.%f}Z{ending}"


def keep_before_downgrade(app: Flask) -> Path | None:
    """Where what the database is now was kept; None of an empty one."""
    from broadsheet.commands.migrating import revisions_of
    from broadsheet.extensions import db
    from broadsheet.transfer.archive import Source, save

    settings = app.config["BROADSHEET"]
    if not (former := "-".join(sorted(revisions_of(app)))):
        return None
    if file := settings.database_file:
        require_room(file, "downgrade")
        copy(file, kept := _new_place(settings, DOWNGRADED, former, ".db"))
    else:
        kept = _new_place(settings, DOWNGRADED, former, ".zip")
        save(Source(db.engine, settings.instance, with_files=False), kept)
    return kept


def kept_before(folder: Path) -> list[Path]:
    """The newest last."""
    found = [*folder.glob(f"{PREFIX}-*.db"), *folder.glob(f"{PREFIX}-*.zip")]
    return sorted(found, key=lambda path: path.stem.rpartition("-")[2])


def drop_older(folder: Path) -> None:
    for path in kept_before(folder)[:-KEPT]:
        with suppress(OSError):
            path.unlink()


# -- and back


def go_back(settings: Settings) -> tuple[str, Path]:
    """To what was there before the last upgrade; that revision, and where what was replaced is."""
    kept = last_kept(settings)
    former = kept.name.removeprefix(f"{PREFIX}-").partition("-")[0]
    with to_oneself(settings):
        replaced = _back_to_file(settings, kept) if settings.database_file else _back_to_rows(settings, kept)
    kept.unlink()
    return former, replaced


def last_kept(settings: Settings) -> Path:
    """What `go_back` goes back to. Raises click.ClickException if there is nothing."""
    from broadsheet.lib import backups

    kept = kept_before(settings.instance / backups.FOLDER)
    kept = [path for path in kept if (path.suffix == ".db") == (settings.database_file is not None)]
    if not kept:
        raise click.ClickException(
            "Nothing is kept of before an upgrade: put a backup in its place (restore)."
        )
    return kept[-1]


def _back_to_file(settings: Settings, kept: Path) -> Path:
    from broadsheet.transfer.archive import places

    file = settings.database_file
    assert file is not None  # noqa: S101  as the caller has seen
    place = places.SQLite(file)
    try:
        place.make()
        copy(kept, place.draft)
        _end_sessions(place.draft)
        return _swap(place, settings, REPLACED, _revision(file))
    finally:
        place.clear()


def _end_sessions(file: Path) -> None:
    """Who was signed in then may have been signed out since, by a new password, say."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM user_sessions")


def _revision(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _back_to_rows(settings: Settings, kept: Path) -> Path:
    from broadsheet import create_app
    from broadsheet.commands.migrating import revisions_of
    from broadsheet.extensions import db
    from broadsheet.transfer.archive import Archive, Source, places, restoring, save

    app = create_app(settings)
    with app.app_context():
        replaced = _new_place(settings, REPLACED, "-".join(sorted(revisions_of(app))), ".zip")
        save(Source(db.engine, settings.instance, with_files=False), replaced)
        db.engine.dispose()
    above = edition_of(settings)
    with (
        Archive.opened(kept, scratch=settings.instance) as archive,
        places.beside(settings.database, None) as place,
    ):
        archive.check()
        restoring.build(archive, place.url, Migrations(settings), above=above, to=None)
        place.take()
    return replaced
