"""Writes an archive, part by part, and the manifest last. Of the same site it writes the same bytes."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from broadsheet.transfer.archive import manifest
from broadsheet.transfer.archive.manifest import Manifest, Part

BLOCK = 1 << 20
WHEN = (1980, 1, 1, 0, 0, 0)  # the least that ZIP knows: when it was made is no part of what is in it


class Writer:
    def __init__(self, file: IO[bytes]) -> None:
        self.parts: list[Part] = []
        self._zip = zipfile.ZipFile(file, "w", compresslevel=6)

    def add_lines(self, name: str, lines: Iterable[bytes]) -> Part:
        count = 0

        def counted() -> Iterator[bytes]:
            nonlocal count
            for line in lines:
                count += 1
                yield line

        size, digest = self._write(name, counted(), zipfile.ZIP_DEFLATED)
        return self._added(Part(name, size, digest, count))

    def add_file(self, name: str, path: Path) -> Part:
        """As it is: pictures and films are compressed already. Raises FileNotFoundError."""
        with path.open("rb") as file:
            size, digest = self._write(name, iter(lambda: file.read(BLOCK), b""), zipfile.ZIP_STORED)
        return self._added(Part(name, size, digest))

    def add_text(self, name: str, data: bytes) -> Part:
        size, digest = self._write(name, [data], zipfile.ZIP_DEFLATED)
        return self._added(Part(name, size, digest))

    def finish(self, found: Manifest) -> None:
        self._write(manifest.NAME, [found.as_json()], zipfile.ZIP_DEFLATED)
        self._zip.close()

    def give_up(self) -> None:
        """Nothing more is written, not even the end."""
        self._zip.fp = None

    def _write(self, name: str, blocks: Iterable[bytes], compression: int) -> tuple[int, str]:
        entry = zipfile.ZipInfo(name, WHEN)
        entry.compress_type, entry.create_system, entry.external_attr = compression, 3, 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        return size, digest.hexdigest()

    def _added(self, part: Part) -> Part:
        self.parts.append(part)
        return part
