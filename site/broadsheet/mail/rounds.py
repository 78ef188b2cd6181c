"""A letter to many: one file in the outbox, and beside it who has got theirs already."""

import os
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from email.message import EmailMessage
from pathlib import Path

EACH = "X-Broadsheet-Each"  # a header for each address; never sent
DONE = ".done"  # added to the name of the letter's file: a line for each who has got it


def is_round(letter: EmailMessage) -> bool:
    return EACH in letter


def letters(letter: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    """Each address, and the letter as it goes there."""
    addresses = [str(address) for address in letter.get_all(EACH, [])]
    del letter[EACH]
    for address in addresses:
        own = deepcopy(letter)
        own["To"] = address
        yield address, own


class Progress:
    """Who has got it. A line is written before the next letter goes: whoever kills the process in between
    makes one person get it twice, and nobody go without."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + DONE)
        self._done: set[str] = set()
        with suppress(FileNotFoundError):
            self._done = set(self.path.read_text(encoding="utf-8").splitlines())

    def __contains__(self, address: str) -> bool:
        return address in self._done

    def add(self, address: str) -> None:
        self._done.add(address)
        with suppress(OSError):  # a full disk: this process knows it all the same
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, f"{address}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
