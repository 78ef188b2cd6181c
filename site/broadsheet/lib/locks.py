"""Locks among the processes of one machine. The system frees them when a process dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Waits until no other process holds the lock of this name."""
    with path.open("a+b") as file:
        _take(file.fileno())
        try:
            yield
        finally:
            _free(file.fileno())


@contextmanager
def shared_lock(path: Path) -> Iterator[None]:
    """One that many hold at once; waits until nobody has it alone. Forked processes go on to hold it."""
    with path.open("a+b") as file:
        _share(file.fileno())
        yield


@contextmanager
def sole_lock(path: Path) -> Iterator[bool]:
    """The same lock, alone: whether nobody else holds it."""
    with path.open("a+b") as file:
        yield _take_at_once(file.fileno())


if sys.platform == "win32":

    def _share(number: int) -> None:
        """Windows replaces no file that somebody has open."""

    def _take_at_once(number: int) -> bool:
        return True

    def _take(number: int) -> None:
        while True:
            try:
                msvcrt.locking(number, msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds; we do not
                continue
            return

    def _free(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)

else:

    def _share(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_SH)

    def _take_at_once(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)

    def _free(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
