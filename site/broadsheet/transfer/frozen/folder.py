"""The folder into which a site is frozen. It remembers which files it made, and touches no other."""

import filecmp
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from broadsheet.transfer.frozen.places import CONFIGURATION, check

MADE = f"{CONFIGURATION}/made.txt"
HEAD = "Made by manage.py freeze, which removes what stands here once it is gone from the site.\n"


class FolderError(Exception):
    """The folder cannot be taken. The message says why."""


class Folder:
    """`open`, any number of `write` with `keep`, and `close`, which takes away what was made before and not
    now; or `leave`, which takes nothing away."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._ours: set[str] = set()  # made by this run or an earlier one
        self._now: set[str] = set()
        self._journal: IO[bytes] | None = None
        self._made_folders: set[Path] = set()

    def open(self) -> None:
        """Raises FolderError before anything is changed."""
        made = self.path / MADE
        if self.path.exists() and not self.path.is_dir():
            raise FolderError(f"{self.path} is no folder.")
        if made.is_file():
            head, *names = made.read_text(encoding="utf-8").splitlines(keepends=True)
            # A line without an end was being written when the machine stopped: its file was not begun.
            self._ours = {name.rstrip("\n") for name in names if name.endswith("\n")}
            if head != HEAD:
                raise FolderError(f"{made} is not of manage.py freeze.")
            self._check_ours(made)
        elif self.path.is_dir() and any(self.path.iterdir()):
            raise FolderError(
                f"{self.path} is not empty, and nothing in it says that freeze made it. Name a new folder."
            )
        made.parent.mkdir(parents=True, exist_ok=True)
        self._journal = made.open("ab", buffering=0)
        if not made.stat().st_size:
            self._journal.write(HEAD.encode())

    def write(self, name: str, content: Iterable[bytes]) -> bool:
        """The file gets this content; if it has it already, nothing is written. Whether something was. May be
        called in a fork, whose parent then calls `keep`."""
        check(name)
        path = self.path / name
        self._claim(name, path)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        if isinstance(content, (list, tuple)) and _has(path, content):
            return False
        self._make_folder(path.parent)
        try:
            with draft.open("wb") as file:
                file.writelines(content)
            if path.is_file() and filecmp.cmp(draft, path, shallow=False):
                draft.unlink()
                return False
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return True

    def keep(self, name: str) -> None:
        """It is of this run, too."""
        self._now.add(name)

    def close(self) -> int:
        """Takes away what was not made anew, and folders that are left empty. How many files these were."""
        removed = 0
        # What a fork has made stands in the journal alone; all of it is of this run.
        for name in sorted(self._ours - self._now, reverse=True):
            path = self.path / name
            if not path.parent.resolve().is_relative_to(self.path):  # through a link that others made
                continue
            if path.is_symlink() or path.is_file():
                path.unlink()
                removed += 1
            for folder in path.parents:
                if folder == self.path or not _is_removed(folder):
                    break
        self.leave()
        made = self.path / MADE
        draft = made.with_name(f".{secrets.token_hex(8)}")
        draft.write_text(HEAD + "".join(f"{name}\n" for name in sorted(self._now)), encoding="utf-8")
        draft.replace(made)
        return removed

    def leave(self) -> None:
        """Ends without taking anything away: what is there stays ours."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def __contains__(self, name: str) -> bool:
        return name in self._now

    def _check_ours(self, made: Path) -> None:
        """The list may have come with the folder from elsewhere, and names what is taken away."""
        for name in self._ours:
            try:
                check(name)
            except ValueError as error:
                raise FolderError(f"{made} names {name!r}, and {error}.") from error

    def _claim(self, name: str, path: Path) -> None:
        # Noted before it is made: a run that is cut short must know its own files again.
        if name not in self._ours:
            if os.path.lexists(path):
                raise FolderError(f"{path} is in the way: freeze has not made it. Take it away.")
            assert self._journal is not None, "open() comes first"  # noqa: S101
            self._journal.write(f"{name}\n".encode())
            self._ours.add(name)

    def _make_folder(self, folder: Path) -> None:
        if folder in self._made_folders:
            return
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self.path):
            raise FolderError(f"{folder} leads out of {self.path}.")
        self._made_folders.add(folder)


def _has(path: Path, content: Iterable[bytes]) -> bool:
    try:
        return path.read_bytes() == b"".join(content)
    except OSError:
        return False


def _is_removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
