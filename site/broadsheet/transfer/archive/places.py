"""Where a site is: how a database that was made beside it takes its place, in one step; and its files."""

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from broadsheet.database import set_up_mariadb
from broadsheet.lib import durable
from broadsheet.models.base import db
from broadsheet.transfer.archive import contents
from broadsheet.transfer.archive.contents import FILES, FORMER, THEMES, UPLOADS
from broadsheet.transfer.archive.manifest import ArchiveError, Part
from broadsheet.transfer.archive.reading import Archive

BESIDE = ("-wal", "-shm")  # what SQLite has beside a database
PATIENCE = "30s"  # for those who ask a server's tables at the moment


class Place(Protocol):
    """Of a database."""

    url: str  # of the new one, which is empty at first

    def take(self) -> None:
        """The new one stands where the old one stood, and that one is gone; or nothing has changed."""


@contextmanager
def beside(url: str, file: Path | None) -> Iterator[Place]:
    """A new database beside the one of this address; what has not taken its place is gone at the end."""
    if file is None and url.startswith("sqlite"):
        raise ArchiveError("A database in memory cannot be replaced.")
    place = SQLite(file) if file else MariaDB(url) if url.startswith("mariadb") else PostgreSQL(url)
    place.make()
    try:
        yield place
    finally:
        place.clear()


class SQLite:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        self.url = f"sqlite:///{self.draft}"

    def make(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self.file.parent.glob(f".{self.file.name}.*"):  # of one that was killed
            left.unlink(missing_ok=True)

    def take(self) -> None:
        settle(self.draft)
        if self.file.exists():
            settle(self.file)
        for ending in BESIDE:  # a log of the old one must not be read into the new one
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        durable.move(self.draft, self.file)

    def clear(self) -> None:
        for ending in ("", *BESIDE, "-journal"):
            with suppress(OSError):
                self.draft.with_name(self.draft.name + ending).unlink(missing_ok=True)


def settle(file: Path) -> None:
    """All of it in its own file, nothing left in the log beside it (sqlite.org/wal.html)."""
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgreSQL:
    """In a schema of its own, from which the tables move into the site's within one transaction."""

    def __init__(self, url: str) -> None:
        self.site = sa.make_url(url)
        self.schema = f"restoring_{secrets.token_hex(4)}"
        given = str(self.site.query.get("options", ""))
        options = f"{given} -csearch_path={self.schema}".strip()
        self.url = self.site.update_query_dict({"options": options}).render_as_string(hide_password=False)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.site, poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection

    def make(self) -> None:
        with self._connected() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {self.schema}")

    def take(self) -> None:
        former = f"{self.schema}_former"
        with self._connected() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            there = str(connection.scalar(sa.text("SELECT current_schema()")))
            connection.exec_driver_sql(f"CREATE SCHEMA {former}")
            new = set(connection.scalars(sa.text(TABLES), {"schema": self.schema}))
            ours = new | set(db.metadata.tables)  # the site that is replaced may be of a later revision
            _move(connection, there, former, ours)
            _move(connection, self.schema, there, new)
            connection.exec_driver_sql(f"DROP SCHEMA {former} CASCADE")

    def clear(self) -> None:
        with self._connected() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = :schema"
# What the triggers of a schema call; and what its columns are made with.
CALLED = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = :schema AND (p.proname = ANY(:made) OR EXISTS (
  SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND c.relname = ANY(:ours)))
"""
MADE_WITH = ["search_folded"]
MADE_ON_MARIADB = ("search_folded", "search_indexed")


def _move(connection: sa.Connection, schema: str, to: str, ours: set[str]) -> None:
    """Our tables and functions; what else the owner has there is left alone."""
    quote = connection.dialect.identifier_preparer.quote
    asked = {"schema": schema, "made": MADE_WITH, "ours": sorted(ours)}
    functions = connection.scalars(sa.text(CALLED), asked).all()
    for name in sorted(ours & set(connection.scalars(sa.text(TABLES), {"schema": schema}))):
        connection.exec_driver_sql(f"ALTER TABLE {quote(schema)}.{quote(name)} SET SCHEMA {quote(to)}")
    for function in functions:
        connection.exec_driver_sql(f"ALTER FUNCTION {function} SET SCHEMA {quote(to)}")


class MariaDB:
    """In a database of its own, from which the tables move into the site's with one statement."""

    def __init__(self, url: str) -> None:
        self.site = sa.make_url(url)
        self.there = str(self.site.database)
        self.name = f"{self.there}_restoring_{secrets.token_hex(4)}"
        self.former = f"{self.name}_former"
        self.url = self.site.set(database=self.name).render_as_string(hide_password=False)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.site, poolclass=sa.NullPool)
        set_up_mariadb(engine)
        with engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def make(self) -> None:
        with self._connected() as connection:
            for name in (self.name, self.former):
                connection.exec_driver_sql(f'CREATE DATABASE "{name}"')

    def take(self) -> None:
        """What dies between the triggers, which cannot move, leaves it to the next start to put them back."""
        with self._connected() as connection:
            connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {PATIENCE.rstrip('s')}")
            tables = {name: _tables_of(connection, name) for name in (self.there, self.name)}
            ours = tables[self.name] | set(db.metadata.tables)
            made = {name: _made_of(connection, name, ours) for name in tables}
            moves = [_moved(one, self.there, self.former) for one in sorted(tables[self.there] & ours)]
            moves += [_moved(one, self.name, self.there) for one in sorted(tables[self.name])]
            for name, of_it in made.items():
                for trigger in of_it.triggers:
                    connection.exec_driver_sql(f'DROP TRIGGER "{name}"."{trigger}"')
            back = made[self.there]
            try:
                connection.exec_driver_sql(f"RENAME TABLE {', '.join(moves)}")
                back = made[self.name]
            finally:
                back.make(connection)

    def clear(self) -> None:
        with self._connected() as connection:
            for name in (self.name, self.former):
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')


def _moved(table: str, here: str, there: str) -> str:
    return f'"{here}"."{table}" TO "{there}"."{table}"'


@dataclass
class _Made:
    """The triggers of a database by their names, and its functions: the statements that make them."""

    triggers: dict[str, str]
    functions: dict[str, str]

    def make(self, connection: sa.Connection) -> None:
        # Those of users last, by which a start knows that all are there: see database.has_triggers.
        for statement in (*self.functions.values(), *self.triggers.values()):
            made = re.sub(r'^CREATE DEFINER="[^"]*"@"[^"]*"', "CREATE OR REPLACE", statement)
            connection.exec_driver_sql(made, execution_options={"no_parameters": True})


def _made_of(connection: sa.Connection, name: str, tables: set[str]) -> _Made:
    ask = connection.exec_driver_sql
    found = ask(f'SHOW TRIGGERS FROM "{name}"').mappings().all()
    triggers = [row["Trigger"] for row in found if row["Table"] in tables - {"users"}]
    triggers += [row["Trigger"] for row in found if row["Table"] == "users"]
    query = sa.text("SELECT routine_name FROM information_schema.routines WHERE routine_schema = :name")
    functions = set(connection.scalars(query, {"name": name})) & set(MADE_ON_MARIADB)
    return _Made(
        {one: ask(f'SHOW CREATE TRIGGER "{name}"."{one}"').one()[2] for one in triggers},
        {one: ask(f'SHOW CREATE FUNCTION "{name}"."{one}"').one()[2] for one in sorted(functions)},
    )


def _tables_of(connection: sa.Connection, name: str) -> set[str]:
    query = sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = :name")
    return set(connection.scalars(query, {"name": name}))


# -- the files


def bring_files(archive: Archive, instance: Path, *, with_secret_key: bool) -> None:
    """Into their places. What is there and has no row yet harms nobody. Raises ArchiveError, OSError."""
    manifest = archive.manifest
    uploads = instance / "uploads"
    _put(archive, manifest.under(UPLOADS), uploads, instance)
    _put(archive, manifest.under(FORMER), uploads / ".former", instance)
    _put(archive, manifest.under(THEMES), instance / "themes", instance)
    if with_secret_key and (key := archive.text(FILES + contents.SECRET_KEY)):
        durable.write(instance / contents.SECRET_KEY, key)


def restored_settings(archive: Archive, instance: Path) -> Path | None:
    """The settings of the archive, beside those of this machine, which count; none if they are the same."""
    found = archive.text(FILES + contents.SETTINGS)
    own = instance / contents.SETTINGS
    if found is None or (own.is_file() and own.read_bytes() == found):
        return None
    path = own.with_name(f"{own.name}.restored")
    durable.write(path, found)
    return path


def _put(archive: Archive, parts: list[Part], folder: Path, instance: Path) -> None:
    for part in parts:
        path = folder / part.name.partition("/")[2]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.parent / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for block in archive.blocks(part):
                    file.write(block)
            durable.move(draft, path)
        finally:
            draft.unlink(missing_ok=True)


def remove_orphans(instance: Path, keys: set[str]) -> int:
    """Folders of uploads of which no row knows any more; how many."""
    known, count = {key[:16] for key in keys}, 0
    for above in (instance / "uploads", instance / "uploads" / ".former"):
        for folder in above.iterdir() if above.is_dir() else []:
            if len(folder.name) == 16 and folder.name not in known and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                count += 1
    return count
