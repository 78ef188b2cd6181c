"""Counters that end by themselves, in one SQLite file, shared by all processes of a machine."""

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

PURGE_EVERY = 60.0  # seconds
PATIENCE = 5.0  # seconds that one process waits for another

SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (
  key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counters_by_expiry ON counters (expires);
"""

SKEW = 60.0  # seconds

# One statement, so that no other process can come between reading and writing. A counter that ends later than
# any begun now was begun while the clock was wrong: nobody is kept out until then.
INCREMENT = """
INSERT INTO counters (key, count, expires) VALUES (:key, :amount, :expires)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN counters.expires BETWEEN :now AND :latest THEN counters.count + :amount ELSE :amount END,
  expires = CASE WHEN counters.expires BETWEEN :now AND :latest THEN counters.expires ELSE :expires END
RETURNING count
"""


class Counters:
    """Safe among threads and processes. A damaged file is thrown away: counters are not worth a failure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._purged = 0.0

    def increment(self, key: str, seconds: float, amount: int = 1) -> int:
        """Adds to a counter, which begins anew once its `seconds` are over; its value afterwards."""
        now = time.time()
        if now - self._purged > PURGE_EVERY:
            self._purged = now
            self._run("DELETE FROM counters WHERE expires <= ?", [now])
        expires = now + seconds
        values = {"key": key, "amount": amount, "expires": expires, "now": now, "latest": expires + SKEW}
        return int(self._run(INCREMENT, values)[0][0])

    def count(self, key: str) -> int:
        rows = self._run("SELECT count FROM counters WHERE key = ? AND expires > ?", [key, time.time()])
        return int(rows[0][0]) if rows else 0

    def ends_at(self, key: str) -> float:
        """The moment (seconds since 1970) at which the counter ends; the present one if there is none."""
        now = time.time()
        rows = self._run("SELECT expires FROM counters WHERE key = ? AND expires > ?", [key, now])
        return float(rows[0][0]) if rows else now

    def forget(self, key: str) -> None:
        self._run("DELETE FROM counters WHERE key = ?", [key])

    def forget_all(self) -> int:
        rows = self._run("SELECT count(*) FROM counters")
        self._run("DELETE FROM counters")
        return int(rows[0][0])

    def close(self) -> None:
        with self._lock:
            self._close()

    def _run(self, statement: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._open().execute(statement, values).fetchall()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._close()
                self.path.unlink(missing_ok=True)
                return self._open().execute(statement, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        # A connection must not cross a fork (sqlite.org/howtocorrupt.html, 2.6): the child opens its own.
        if self._connection is None or self._process != os.getpid():
            connection = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = OFF")  # a power cut may forget who was too fast
            connection.executescript(SCHEMA)
            self._connection, self._process = connection, os.getpid()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Two that open a new file at once both change its journal; SQLite does not let the second one wait."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
