"""The newest errors, one JSON object a line in a file, for people who have no terminal at hand.

A file, not the database: the error may be the database's. It is bounded: when it is full it becomes the
former one, and the former one goes.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]

LARGEST = 1_000_000  # bytes; of the former file as well
LONGEST_TRACE = 8_000  # characters: its end tells what happened
LONGEST_MESSAGE = 500
Stamp = tuple[int, int, int] | None  # of a file: which, how large, and when it was written

LATELY, AT_MOST = timedelta(days=1), 1_000


@dataclass(frozen=True)
class Problem:
    at: datetime
    logger: str
    message: str
    request_id: str = ""  # empty if it was in no request
    trace: str = ""

    @property
    def cause(self) -> str:
        """The exception, in a line."""
        return next((line for line in reversed(self.trace.splitlines()) if line.strip()), "")


class ErrorLog:
    def __init__(self, folder: Path) -> None:
        self.path, self.former = folder / "errors.jsonl", folder / "errors.former.jsonl"
        self._known: tuple[list[Stamp], list[Problem]] = [], []

    def add(self, problem: Problem) -> None:
        """Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = asdict(problem) | {
            "at": problem.at.isoformat(),
            "message": problem.message[:LONGEST_MESSAGE],
            "trace": problem.trace[-LONGEST_TRACE:],
        }
        data = json.dumps(line).encode() + b"\n"  # in ASCII: no sign of a message ends a line
        # With O_APPEND each line is written whole, whoever writes at the same time.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            is_full = os.fstat(descriptor).st_size + len(data) > LARGEST
            os.write(descriptor, data)
            if is_full:
                self._begin_anew(descriptor)
        finally:
            os.close(descriptor)

    def _begin_anew(self, descriptor: int) -> None:
        """Once, if several find at a time that it is full: else the new file would become the former one, and
        the former one go."""
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # until it is closed
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), os.stat(self.path)):
                os.replace(self.path, self.former)

    def newest_first(self) -> Iterator[Problem]:
        """A line that cannot be read, which a full disk may have cut, is left out."""
        for path in (self.path, self.former):
            try:
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            yield from filter(None, map(_problem, reversed(lines)))

    def of_late(self, now: datetime) -> list[Problem]:
        """Those of the last day, the newest first, without their traces; more than AT_MOST tell nothing more.
        The files are read only if something came since they were: Today asks every few seconds."""
        stamp = [_stamp(path) for path in (self.path, self.former)]
        known, newest = self._known
        if known != stamp:
            newest = [replace(one, trace="") for one in islice(self.newest_first(), AT_MOST)]
            self._known = stamp, newest
        return [one for one in newest if now - one.at < LATELY]


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _problem(line: str) -> Problem | None:
    try:
        values = json.loads(line)
        return Problem(**values | {"at": datetime.fromisoformat(values["at"])})
    except (ValueError, TypeError, KeyError):
        return None
