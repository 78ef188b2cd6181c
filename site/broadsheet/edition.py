"""Which edition is the newest: how a process looks it up, and how long whoever raised it waits.

A process may take what it has looked up for the newest as long as WINDOW; a commit that raised the edition
returns when that time has passed, and so when every process has to look again. On SQLite looking up is
`PRAGMA data_version` (sqlite.org/pragma.html): a look into shared memory, that tells whether anybody has
committed at all. On another database it is a query.
"""

import marshal
import os
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from hashlib import blake2b
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

# Seconds, by the kind of database: 0.003 ms to look it up in a file, a round trip to ask a server.
WINDOW = {"sqlite": 0.002, "postgresql": 0.02, "mariadb": 0.02}

NUMBER = "SELECT number FROM edition"


class Unknown(Exception):
    """The database did not tell which edition is the newest."""


class Watch:
    """Looks it up, on a connection of its own that stays open; opened by the process that uses it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._connection: Any = None
        self._process = 0
        self._data_version = -1
        self._number = -1
        self._lock = RLock()
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    @property
    def window(self) -> float:
        return WINDOW[self.engine.dialect.name]

    def number(self) -> int:
        """That of what is committed by now. Raises Unknown."""
        with self._lock:
            try:
                if self.engine.dialect.name != "sqlite":
                    return int(self._rows(NUMBER)[0][0])
                data_version = self._rows("PRAGMA data_version")[0][0]
                if data_version != self._data_version:
                    self._number = int(self._rows(NUMBER)[0][0])
                    self._data_version = data_version  # it was read before: what came since is seen next time
                return self._number
            except Exception as error:  # of the driver, of which each database has another one
                self.close()
                raise Unknown from error

    def digest(self, queries: Iterable[tuple[str, Any]]) -> bytes:
        """Of all that these statements find with these parameters, both as the driver takes them.

        Raises Unknown."""
        with self._lock:
            try:
                return _digest([self._rows(*query) for query in queries])
            except Exception as error:
                self.close()
                raise Unknown from error

    def close(self) -> None:
        with self._lock:
            connection, self._connection, self._data_version = self._connection, None, -1
            if connection is not None and self._process == os.getpid():
                with suppress(Exception):
                    connection.close()

    def _rows(self, statement: str, parameters: Any = ()) -> list[tuple[Any, ...]]:
        # fetchall: a statement that is not read to its end keeps its snapshot, and sees nothing newer.
        connection = self._open()
        if self.engine.dialect.name != "mariadb":
            return connection.execute(statement, parameters).fetchall()
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    def _open(self) -> Any:
        if self._connection is None or self._process != os.getpid():
            pooled = self.engine.raw_connection()
            pooled.detach()
            self._connection, self._process, self._data_version = pooled.dbapi_connection, os.getpid(), -1
            # For SQLite the driver begins nothing: see database.py.
            if self.engine.dialect.name == "mariadb":
                self._connection.autocommit(True)
            elif self.engine.dialect.name != "sqlite":
                self._connection.autocommit = True
        return self._connection


def _digest(found: list[list[tuple[Any, ...]]]) -> bytes:
    try:
        said = marshal.dumps(found, 0)  # of this version equal values give equal bytes
    except ValueError:  # what only some drivers make: dates, numbers with a fixed point
        said = repr(found).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).digest()


# -- raising it

_known: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


def is_raised_in(connection: Connection) -> bool:
    """Whether the transaction raises the edition, or somebody has done so since this process last asked."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")  # else it would be raised by the commit
    number: int = connection.exec_driver_sql(NUMBER).scalar_one()
    known = _known.get(connection.engine)
    _known[connection.engine] = number
    return number != known


def forget(engine: Engine) -> None:
    """What was asked within a transaction that is not through: its number will be another one's."""
    _known.pop(engine, None)


def hold(engine: Engine) -> None:
    """Waits until no process takes an older edition for the newest."""
    time.sleep(WINDOW[engine.dialect.name])
