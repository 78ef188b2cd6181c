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
from typing import IO, Self

from flask import current_app
from flask_babel import lazy_gettext as _

from broadsheet import media
from broadsheet.config import MEGABYTE
from broadsheet.media import kinds
from broadsheet.media.pictures import Refused

PART = 4 * MEGABYTE
MOST_AT_ONCE = 100  # unfinished files of one person
SPARE = 100 * MEGABYTE  # what the disk must have left for everything else
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
        if shutil.disk_usage(media.incoming()).free < size + SPARE:
            raise media.no_room()
        mine = [one for one in cls._all() if one.by == by]
        if len(mine) >= MOST_AT_ONCE:
            raise Refused(_("Too many files of yours are half sent. Wait for some of them."))
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
        # Many may have begun while there was room for each.
        if shutil.disk_usage(self.folder).free < SPARE:
            raise media.no_room()
        before = self.offset
        if offset != before:
            raise OutOfStep
        hashed = hashlib.sha256()
        try:
            with self.path.open("r+b") as file:
                file.seek(before)
                while block := stream.read(1 << 16):
                    if file.tell() + len(block) > min(self.size, before + PART):
                        raise OutOfStep
                    hashed.update(block)
                    file.write(block)
            if digest and hashed.digest() != _sha256_in(digest):
                raise OutOfStep
        except BaseException as error:
            with self.path.open("r+b") as file:
                file.truncate(before)
            if isinstance(error, OSError):
                raise media.no_room() from error
            raise
        os.utime(self.folder)  # it is not left over yet
        if before == 0:
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
