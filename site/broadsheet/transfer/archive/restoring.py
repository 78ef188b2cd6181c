"""Makes a database of an archive, beside the one that is there; places.py puts it into its place.

What an archive of an earlier release holds is first put into tables as they were then, and migrated.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError

from broadsheet.database import set_up_mariadb
from broadsheet.lib.one_line import one_line
from broadsheet.lib.searching import plain_text
from broadsheet.models import search_text
from broadsheet.transfer.archive import tables
from broadsheet.transfer.archive.contents import Kind
from broadsheet.transfer.archive.manifest import ArchiveError
from broadsheet.transfer.archive.reading import Archive
from broadsheet.transfer.progress import Progress

SLICE = 100  # texts whose words are written at a time


class Migrations(Protocol):
    def bring(self, url: str, revision: str) -> None:
        """The database of this address to that revision."""


def require_known(archive: Archive, revisions: set[str]) -> None:
    """Raises ArchiveError."""
    found = archive.manifest
    if found.revision not in revisions:
        raise ArchiveError(
            f"The archive is of a newer Broadsheet ({found.release}, revision {found.revision})."
            " Bring the code up to date (git pull)."
        )


def build(
    archive: Archive,
    url: str,
    migrations: Migrations,
    *,
    above: int = 0,
    to: str | None = "head",
    progress: Progress = lambda done, total: None,
) -> None:
    """Fills an empty database with what is in the archive, and brings it `to` a revision; with None it stays
    at its own. `above` is an edition that was answered before. Raises ArchiveError."""
    try:
        migrations.bring(url, archive.manifest.revision)
        with _loading(url) as engine:
            _load(archive, engine, progress)
        if to:
            migrations.bring(url, to)
        with _loading(url) as engine:
            _finish(engine, above)
    except (DBAPIError, StatementError) as error:
        raise ArchiveError(f"The database refuses what is in the archive: {one_line(error)}") from error


@contextmanager
def _loading(url: str) -> Iterator[sa.Engine]:
    """References are looked at when everything is there: some go in circles. Nor has anything to be safe on
    the disk before the end."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    set_up_mariadb(engine)
    if engine.dialect.name == "mariadb":

        @sa.event.listens_for(engine, "connect")
        def trust(connection: Any, record: object) -> None:
            connection.query("SET SESSION foreign_key_checks = OFF")

    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def connect(connection: Any, record: object) -> None:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF"):
                connection.execute(f"PRAGMA {pragma}")

    try:
        yield engine
    finally:
        engine.dispose()


def _load(archive: Archive, engine: sa.Engine, progress: Progress) -> None:
    parts = archive.manifest.tables
    with engine.begin() as connection:
        found = tables.reflected(connection, Kind.BACKUP)
    if unknown := set(parts) - set(found):
        raise ArchiveError(f"The archive holds a table that its revision has not: {sorted(unknown)[0]}.")
    with _without_references(engine):
        for number, (name, table) in enumerate(found.items(), 1):
            with engine.begin() as connection:
                connection.execute(sa.delete(table))  # what migrations write into a new database
                if part := parts.get(name):
                    tables.load(connection, table, part, archive.lines(part))
            progress(number, len(found))
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            _set_sequences(connection, found)


@contextmanager
def _without_references(engine: sa.Engine) -> Iterator[None]:
    """Raises ArchiveError at the end if something refers to what is not there."""
    if engine.dialect.name == "sqlite":
        yield
        with engine.connect() as connection:
            broken = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
        if broken:
            raise ArchiveError(f"The archive is damaged: rows of {broken[0]} refer to what is not there.")
        return
    if engine.dialect.name == "mariadb":
        yield
        with engine.connect() as connection:
            if table := _broken_reference(connection):
                raise ArchiveError(f"The archive is damaged: rows of {table} refer to what is not there.")
        return
    query = sa.text(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    with engine.begin() as connection:
        references = connection.execute(query).all()
        for table, name, _definition in references:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with engine.begin() as connection:
        for table, name, definition in references:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _broken_reference(connection: sa.Connection) -> str:
    """The table of one, on MariaDB, which compares none that was written unlooked-at."""
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            (column,), (referred,) = key["constrained_columns"], key["referred_columns"]
            row = sa.table(name, sa.column(column)).alias()
            parent = sa.table(key["referred_table"], sa.column(referred)).alias()
            lost = sa.select(row.c[column]).where(
                row.c[column].is_not(None),
                ~sa.select(parent.c[referred]).where(parent.c[referred] == row.c[column]).exists(),
            )
            if connection.execute(lost.limit(1)).first():
                return name
    return ""


def _set_sequences(connection: sa.Connection, found: dict[str, sa.Table]) -> None:
    for name, table in found.items():
        for column in table.primary_key:
            sequence = connection.scalar(
                sa.select(sa.func.pg_get_serial_sequence(sa.literal(name), sa.literal(column.name)))
            )
            if sequence:
                highest = connection.scalar(sa.select(sa.func.max(column)))
                connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def _finish(engine: sa.Engine, above: int) -> None:
    """What follows from the rest, as far as there was such a thing at the revision."""
    there = sa.inspect(engine).get_table_names()
    if "search_texts" in there:
        with engine.begin() as connection:
            _write_words(connection)
    if "edition" in there:
        with engine.begin() as connection:
            _raise_edition(connection, above)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            found = connection.scalar(sa.text("PRAGMA integrity_check(1)"))
        if found != "ok":
            raise ArchiveError(f"The new database is not whole ({found}); nothing was replaced.")


def _raise_edition(connection: sa.Connection, above: int) -> None:
    """No page that was kept of an edition of before can be taken for one of these."""
    number = max(above + 1, int(time.time()))
    connection.execute(sa.text("UPDATE edition SET number = :number"), {"number": number})


def _write_words(connection: sa.Connection) -> None:
    """Of the posts, for the search; the triggers have made the rows."""
    last, query = 0, sa.text("SELECT id, html FROM posts WHERE id > :last ORDER BY id LIMIT :slice")
    while found := connection.execute(query, {"last": last, "slice": SLICE}).all():
        search_text.write(connection, {id: plain_text(html) for id, html in found})
        last = found[-1][0]
