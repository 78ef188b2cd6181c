"""A lock among the processes of one machine."""

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
    """Waits until no other process holds the lock of this name. The system frees it when a process dies."""
    with path.open("a+b") as file:
        _take(file.fileno())
        try:
            yield
        finally:
            _free(file.fileno())


if sys.platform == "win32":

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

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)

    def _free(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
