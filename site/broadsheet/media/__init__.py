"""The bytes of uploads: what they really are, made harmless, kept below `instance/uploads`.

A picture is known by its content, never by its name, and what is kept is always written anew: upright, in
sRGB, without the place and the camera, and without whatever else was hidden in the file.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import secure_filename

from broadsheet import signals
from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.lib import durable
from broadsheet.media import pictures
from broadsheet.media.pictures import MEDIA_TYPES, Refused
from broadsheet.models import Upload, User
from broadsheet.models.event import happened

__all__ = [
    "MEDIA_TYPES",
    "Prepared",
    "Refused",
    "discard",
    "folder",
    "keep",
    "path_of",
    "prepare",
    "read",
    "store",
]

NAME_LENGTH = 80

# Pictures are heavy: many at once must queue, not exhaust the machine.
_room = BoundedSemaphore(2)


@dataclass(frozen=True)
class Prepared:
    """A file that may be kept: its harmless bytes, and the SHA-256 of what was sent."""

    sha256: str
    name: str
    data: bytes
    ending: str
    width: int
    height: int

    @property
    def key(self) -> str:
        stem = secure_filename(Path(self.name).stem).replace("_", "-").lower()[:NAME_LENGTH].strip("-.")
        return f"{self.sha256[:16]}/{stem or 'picture'}{self.ending}"


def store(stream: IO[bytes], filename: str, *, by: User | None = None) -> Upload:
    """Keeps what the stream holds and returns its row, not yet committed; the same bytes give the same row.

    Raises Refused. If the transaction is rolled back afterwards, the file stays without a row; it is found
    and used again when the same bytes are sent.
    """
    sent = read(stream)
    known = _known(hashlib.sha256(sent).hexdigest())
    if known and path_of(known).is_file():
        return known
    return keep(prepare(sent, filename), by=by)


def read(stream: IO[bytes]) -> bytes:
    """All of the stream, but never more than the site accepts."""
    megabytes = current_app.config["BROADSHEET"].max_upload_size
    sent = stream.read(megabytes * MEGABYTE + 1)
    if len(sent) > megabytes * MEGABYTE:
        raise Refused(
            _("It is larger than %(megabytes)d MB, the most this site accepts.", megabytes=megabytes)
        )
    if not sent:
        raise Refused(_("The file is empty."))
    return sent


def prepare(sent: bytes, filename: str) -> Prepared:
    """The slow half of `store`. It asks no database, so that nobody waits for a lock meanwhile."""
    shown = "".join(filter(str.isprintable, filename or ""))
    name = shown.replace("\\", "/").rpartition("/")[2].strip()[:200]
    with _room:
        data, ending, width, height = pictures.harmless(sent)
    return Prepared(hashlib.sha256(sent).hexdigest(), name or f"picture{ending}", data, ending, width, height)


def keep(prepared: Prepared, *, by: User | None = None) -> Upload:
    """The quick half: the file, then its row, so that a row never lacks its file."""
    known = _known(prepared.sha256)
    key = known.key if known else prepared.key
    if not _path(key).is_file():
        _write(_path(key), prepared.data)
    if known:
        return known
    upload = Upload(
        name=prepared.name,
        key=key,
        sha256=prepared.sha256,
        media_type=MEDIA_TYPES[prepared.ending],
        size=len(prepared.data),
        width=prepared.width,
        height=prepared.height,
        alt="",
        uploaded_by=by,
    )
    try:
        with db.session.begin_nested():
            db.session.add(upload)
    except IntegrityError:  # another process kept the same bytes in this moment
        return db.session.scalars(select(Upload).where(Upload.sha256 == prepared.sha256)).one()
    happened(signals.upload_stored, upload)
    return upload


def folder() -> Path:
    """Where the files are; each lies under its upload's key."""
    return Path(current_app.instance_path) / "uploads"


def path_of(upload: Upload) -> Path:
    return _path(upload.key)


def discard(upload: Upload) -> None:
    """Deletes the file of a row that is gone, unless the same bytes were sent again meanwhile."""
    with db.engine.begin() as connection:
        if connection.scalar(select(Upload.id).where(Upload.key == upload.key)) is None:
            _remove(path_of(upload))


def _known(sha256: str) -> Upload | None:
    return db.session.scalar(select(Upload).where(Upload.sha256 == sha256))


def _path(key: str) -> Path:
    return folder() / key


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(path, data)
        durable.sync_folder(path.parent.parent)
    except OSError as error:
        with suppress(OSError):
            _remove(path)
        raise Refused(
            _("The server has no room for the file, or may not write it. Nothing was kept.")
        ) from error


def _remove(path: Path) -> None:
    """The file, and its folder if nothing else is in it."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
