"""Reads an archive, and believes nothing of it that was not looked at."""

import hashlib
import io
import json
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self, cast

from broadsheet.transfer.archive import encryption, manifest
from broadsheet.transfer.archive.encryption import Keys
from broadsheet.transfer.archive.manifest import ArchiveError, Manifest, Part
from broadsheet.transfer.progress import Progress

BLOCK = 1 << 20
LONGEST_LINE = 64 * 2**20  # bytes; a text has 4 MB, and its rendering not ten times as much
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    RuntimeError,
    lzma.LZMAError,
)

NONE = Keys()


class Archive:
    """One that is open. `check` looks at all of it, before anything is done with it."""

    def __init__(self, file: zipfile.ZipFile, found: Manifest) -> None:
        self._zip, self.manifest = file, found

    @classmethod
    @contextmanager
    def opened(cls, path: Path, *, keys: Keys = NONE, scratch: Path) -> Iterator[Self]:
        """An encrypted one is deciphered into `scratch`. Raises ArchiveError, OSError."""
        with path.open("rb") as file, cls.read(file, str(path), keys=keys, scratch=scratch) as archive:
            yield archive

    @classmethod
    @contextmanager
    def read(cls, file: IO[bytes], name: str, *, keys: Keys = NONE, scratch: Path) -> Iterator[Self]:
        """The same of a file that is open. `name` is what it is called in a complaint."""
        with encryption.deciphered(file, name, keys, scratch) as plain:
            try:
                archive = zipfile.ZipFile(plain)
            except UNREADABLE:
                raise ArchiveError(f"{name} is no archive of Broadsheet, or is damaged.") from None
            with archive:
                _look_at_packing(archive, name)
                yield cls(archive, _manifest(archive, name))

    def check(self, progress: Progress = lambda done, total: None) -> None:
        """Reads all of it once, and compares. Raises ArchiveError."""
        self._look_at_entries()
        done = 0
        total = self.manifest.size
        for part in self.manifest.parts:
            digest = hashlib.sha256()
            for block in self.blocks(part):
                digest.update(block)
                done += len(block)
                progress(done, total)
            if digest.hexdigest() != part.sha256:
                raise ArchiveError(f"The archive is damaged: {part.name} is not what it was.")

    def require_room(self, folder: Path, times: int = 1) -> None:
        """On the disk of this folder, for all that is in it. Raises ArchiveError."""
        needed, free = self.manifest.size * times, shutil.disk_usage(folder).free
        if needed > free:
            raise ArchiveError(
                f"The disk has no room for it: {needed // 10**6:,} MB are needed in {folder},"
                f" {free // 10**6:,} MB are free."
            )

    def blocks(self, part: Part) -> Iterator[bytes]:
        """Of a part, never more than it is to have. Raises ArchiveError."""
        left = part.bytes
        with self._reading(part) as file:
            while block := file.read(BLOCK):
                left -= len(block)
                if left < 0:
                    break
                yield block
        if left:
            raise ArchiveError(f"The archive is damaged: {part.name} has another length.")

    def lines(self, part: Part) -> Iterator[bytes]:
        with self._reading(part) as file:
            lines = io.BufferedReader(cast(io.RawIOBase, file))
            while line := lines.readline(LONGEST_LINE):
                yield line

    def text(self, name: str) -> bytes | None:
        """A small part, whole."""
        part = next((one for one in self.manifest.parts if one.name == name), None)
        return b"".join(self.blocks(part)) if part else None

    @contextmanager
    def _reading(self, part: Part) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(part.name) as file:
                yield file
        except (*UNREADABLE, KeyError) as error:
            raise ArchiveError(f"The archive is damaged: {part.name} cannot be read.") from error

    def _look_at_entries(self) -> None:
        entries = {entry.filename: entry for entry in self._zip.infolist()}
        names = {manifest.NAME, *(part.name for part in self.manifest.parts)}
        if len(entries) != len(self._zip.infolist()) or set(entries) != names:
            raise ArchiveError(f"The archive is damaged: its {manifest.NAME} does not name what is in it.")
        for part in self.manifest.parts:
            if entries[part.name].file_size != part.bytes:
                raise ArchiveError(f"The archive is damaged: {part.name} has another length.")


def _look_at_packing(archive: zipfile.ZipFile, name: str) -> None:
    """Of what is packed otherwise than we do it, a kilobyte may be a gigabyte before anything bounds it."""
    for entry in archive.infolist():
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
            raise ArchiveError(f"{name} is no archive of Broadsheet, or is damaged.")


def _manifest(archive: zipfile.ZipFile, name: str) -> Manifest:
    try:
        with archive.open(manifest.NAME) as file:
            data = file.read(manifest.LARGEST + 1)
    except (*UNREADABLE, KeyError):
        raise ArchiveError(f"{name} is no archive of Broadsheet, or is damaged.") from None
    if len(data) > manifest.LARGEST:
        raise ArchiveError(f"The archive is damaged: its {manifest.NAME} is too long.")
    return Manifest.parse(data)


def lines_of(part: Part, lines: Iterable[bytes]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each line, and what it says. Raises ArchiveError."""
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            if not isinstance(found, dict) or not line.endswith(b"\n"):
                raise ValueError
        except (ValueError, RecursionError):
            raise ArchiveError(
                f"The archive is damaged: line {number} of {part.name} cannot be read."
            ) from None
        yield line, found
