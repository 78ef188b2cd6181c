"""Files that come in parts, so that a broken connection costs one part and not the whole.

    parts = Parts.begin("harbour.mp4", 300_000_000, by=7)
    parts.append(stream, offset=0)          # and so on, from `parts.offset`, as often as it takes
    with parts.received() as file: …        # as if it had come at once; nothing of the parts is left

What nobody finishes is swept away after a day, with the other leftovers.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

from flask import current_app
from flask_babel import lazy_gettext as _

from broadsheet import media
from broadsheet.config import MEGABYTE
from broadsheet.lib.locks import file_lock
from broadsheet.media import kinds
from broadsheet.media.pictures import NotNow, Refused

PART = 4 * MEGABYTE
MOST_AT_ONCE = 100  # unfinished files of one person
TOKEN = re.compile(r"[0-9a-f]{32}")


class OutOfStep(Exception):
    """The part does not begin where the last one ended, or did not arrive as it was sent; it is dropped."""


@dataclass(frozen=True)
class Parts:
    token: str
    name: str
    size: int
    by: int

    @classmethod
    def begin(cls, name: str, size: int, *, by: int) -> Self:
        """Raises Refused if the whole could not be kept."""
        settings = current_app.config["BROADSHEET"]
        most = max(settings.max_upload_size, settings.max_media_size)
        if size > most * MEGABYTE:
            raise media.too_large(most)
        if size < 1:
            raise Refused(_("The file is empty."))
        media.incoming().mkdir(mode=0o700, parents=True, exist_ok=True)
        media.require_room(size)
        mine = [one for one in cls._all() if one.by == by]
        if len(mine) >= MOST_AT_ONCE:
            raise NotNow(_("Too many files of yours are half sent. Wait for some of them."))
        parts = cls(secrets.token_hex(16), name, size, by)
        try:
            parts.folder.mkdir(mode=0o700)
            parts.path.touch(mode=0o600)
            about = {"name": name, "size": size, "by": by}
            (parts.folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        except OSError as error:
            shutil.rmtree(parts.folder, ignore_errors=True)
            raise media.no_room() from error
        return parts

    @classmethod
    def find(cls, token: str, *, by: int) -> Self | None:
        """Only by whoever began it."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            about = json.loads((_folder(token) / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return cls(token, **about) if about["by"] == by else None

    @property
    def folder(self) -> Path:
        return _folder(self.token)

    @property
    def path(self) -> Path:
        return self.folder / "sent"

    @property
    def offset(self) -> int:
        """How much has come."""
        return self.path.stat().st_size

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size

    def append(self, stream: IO[bytes], offset: int, digest: str = "") -> None:
        """The next part; `digest` is its SHA-256 as a Content-Digest says it (RFC 9530), checked if given.

        Raises OutOfStep, or Refused if the file is none that is kept or the disk is nearly full.
        """
        media.require_room()  # many may have begun while there was room for each
        if offset != self.offset:
            raise OutOfStep
        hashed = hashlib.sha256()
        try:
            # Beside the file, for the same part may be coming twice: by a connection that seems to be broken,
            # and by the next one. Whichever is whole first counts, and nobody waits for the other.
            with TemporaryFile(dir=self.folder) as part:
                while block := stream.read(1 << 16):
                    if part.tell() + len(block) > min(self.size - offset, PART):
                        raise OutOfStep
                    hashed.update(block)
                    part.write(block)
                if digest and hashed.digest() != _sha256_in(digest):
                    raise OutOfStep
                part.seek(0)
                self._add(part, offset)
        except FileNotFoundError as error:  # all of it came by another connection, and is kept
            raise OutOfStep from error
        except OSError as error:
            raise media.no_room() from error
        os.utime(self.folder)  # it is not left over yet
        if offset == 0:
            self._look_at_beginning()

    @contextmanager
    def received(self) -> Iterator[media.Received]:
        """Raises OutOfStep if a part is missing."""
        if not self.is_whole:
            raise OutOfStep
        hashed = hashlib.sha256()
        with self.path.open("rb") as file:
            kind = kinds.recognised(file.read(kinds.HEAD))
            file.seek(0)
            while block := file.read(media.BLOCK):
                hashed.update(block)
        try:
            yield media.Received(self.folder, hashed.hexdigest(), self.size, kind)
        finally:
            self.forget()

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _add(self, part: IO[bytes], offset: int) -> None:
        with file_lock(self.folder / "lock"):
            if self.offset != offset:
                raise OutOfStep
            try:
                with self.path.open("ab") as file:
                    shutil.copyfileobj(part, file)
            except OSError:
                os.truncate(self.path, offset)
                raise

    def _look_at_beginning(self) -> None:
        """So that nobody sends for an hour what is refused at the end."""
        with self.path.open("rb") as file:
            most = media.most_bytes(kinds.recognised(file.read(kinds.HEAD)))
        if self.size > most:
            self.forget()
            raise media.too_large(most // MEGABYTE)

    @classmethod
    def _all(cls) -> Iterator[Self]:
        for about in media.incoming().glob("parts-*/about.json"):
            try:
                yield cls(about.parent.name.removeprefix("parts-"), **json.loads(about.read_text("utf-8")))
            except (OSError, ValueError):  # just finished, or being begun
                continue


def _folder(token: str) -> Path:
    return media.incoming() / f"parts-{token}"


def _sha256_in(digest: str) -> bytes:
    match = re.search(r"sha-256=:([A-Za-z0-9+/=]+):", digest)
    try:
        return base64.b64decode(match[1], validate=True) if match else b""
    except binascii.Error:
        return b""
