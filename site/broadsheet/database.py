"""The store: declarative base, column types, the session, and SQLite set up by the book."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from blinker import Signal
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, SessionTransaction
from sqlalchemy.types import TypeDecorator

from broadsheet import edition

log = logging.getLogger(__name__)

# Constraints must have names, or a batch migration on SQLite cannot find them again.
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without an offset, so that every database compares it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Session(FlaskSession):
    """Sends what was announced once the commit is through, and forgets it on rollback."""

    def announce(self, signal: Signal, sender: object, **details: object) -> None:
        self.info.setdefault("announced", []).append((signal, sender, details))

    def connection(self, *args: Any, **options: Any) -> Connection:
        """Within a transaction it is known: the way through the session takes as long as a small query."""
        is_plain = not any(args) and not any(options.values())
        known: Connection | None = self.info.get("connection") if is_plain else None
        return known if known is not None else super().connection(*args, **options)

    def commit(self) -> None:
        """Returns when no process answers with what was before."""
        if not _reading.get():
            self.flush()
        connection: Connection | None = None if _reading.get() else self.info.get("connection")
        is_raised = connection is not None and edition.is_raised_in(connection)
        try:
            super().commit()
        except BaseException:
            if connection is not None:
                edition.forget(connection.engine)
            raise
        if connection is not None and is_raised:
            edition.hold(connection.engine)
        if not (announced := self.info.pop("announced", [])):
            return
        self.info["announcing"] = True
        try:
            for signal, sender, details in announced:
                self._send(signal, sender, details)
        finally:
            self.info.pop("announcing")

    @property
    def is_announcing(self) -> bool:
        """Whether a receiver is being called: the transaction that it hears of is over."""
        return "announcing" in self.info

    def rollback(self) -> None:
        self.info.pop("announced", None)
        super().rollback()

    def close(self) -> None:
        self.info.pop("announced", None)
        super().close()

    @staticmethod
    def _send(signal: Signal, sender: object, details: dict[str, Any]) -> None:
        for receiver in signal.receivers_for(sender):
            try:
                receiver(sender, **details)
            except Exception:
                # The change is committed and acknowledged; what merely follows from it must not undo that.
                log.exception("a subscriber of %s failed", getattr(signal, "name", signal))


@event.listens_for(Session, "after_begin")
def _know_connection(session: Session, _transaction: object, connection: Connection) -> None:
    session.info["connection"] = connection


@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("connection", None)


@contextmanager
def reading() -> Iterator[None]:
    """Within it, transactions only read: SQLite begins them without asking for the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def is_reading() -> bool:
    """Whether a transaction that begins now only reads."""
    return _reading.get()


@contextmanager
def writing() -> Iterator[None]:
    """The opposite of `reading`, for the rare write inside a request that otherwise reads."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


def set_up_sqlite(engine: Engine) -> None:
    """Foreign keys, write-ahead log, a busy timeout, full synchronisation, writers begin IMMEDIATE.

    Sources: sqlite.org/pragma.html, sqlite.org/wal.html, sqlite.org/lang_transaction.html.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; `begin` below sends it
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged commit survives a power cut
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and writes later cannot wait for the lock (SQLITE_BUSY_SNAPSHOT),
        # so whoever may write asks for it at once.
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def set_up_mariadb(engine: Engine, *, turns: bool = False) -> None:
    """Its sessions as `mariadb.py` says; with `turns`, whoever writes waits for who writes already."""
    if engine.dialect.name != "mariadb":
        return
    from broadsheet import mariadb  # a site with another database does not load it

    mariadb.set_up(engine)
    if turns:
        mariadb.take_turns(engine)


def has_triggers(connection: Connection) -> bool:
    """MariaDB moves no table with its triggers: when a restored database takes its place, they are made anew,
    and of this table last."""
    if connection.dialect.name != "mariadb":
        return True
    query = (
        "SELECT count(*) FROM information_schema.triggers"
        " WHERE trigger_schema = database() AND event_object_table = 'users'"
    )
    return bool(connection.exec_driver_sql(query).scalar())
