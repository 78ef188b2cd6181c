"""The bytes of uploads: what they really are, made harmless, kept below `instance/uploads`.

A file is known by its content, never by its name. Of a picture what is kept is always written anew: upright,
in sRGB, without the place and the camera, and without whatever else was hidden in the file; beside it lie the
sizes in which readers get it. A film or a sound is kept as it is, but for the notes of the camera.

    with media.received(stream) as file:      # on disk, measured and hashed; gone at the end
        prepared = media.prepare(file, name)  # slow, asks no database
        upload = media.keep(prepared)         # quick: files first, then the row
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import secure_filename

from broadsheet import signals
from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.lib import durable, renditions, tokens
from broadsheet.media import films, kinds, pictures, places, scaling
from broadsheet.media.kinds import MEDIA_TYPES, SHOWN, Kind
from broadsheet.media.pictures import NotNow, Refused, TooLarge
from broadsheet.media.places import (
    bring_back,
    discard,
    folder,
    forget_former,
    former,
    incoming,
    no_room,
    path_of,
    put_aside,
    require_room,
    sweep,
)
from broadsheet.models import Upload, UploadAlias, User
from broadsheet.models.event import happened
from broadsheet.models.upload import Sort

__all__ = [
    "MEDIA_TYPES",
    "SHOWN",
    "NotNow",
    "Prepared",
    "Received",
    "Refused",
    "TooLarge",
    "bring_back",
    "discard",
    "folder",
    "forget_former",
    "former",
    "incoming",
    "keep",
    "known",
    "no_room",
    "path_of",
    "prepare",
    "put_aside",
    "put_in_place",
    "received",
    "rendition",
    "require_room",
    "resize",
    "store",
    "sweep",
]

NAME_LENGTH = 80
BLOCK = 1 << 20

# Pictures are heavy: many at once must queue, not exhaust the machine.
_room = BoundedSemaphore(2)
# What a stranger's request may set going is heavier still, and can wait.
_making = BoundedSemaphore(1)
PATIENCE = 20  # seconds


@dataclass(frozen=True)
class Received:
    """What somebody sent, in a folder of its own that is gone when the block of `received` ends."""

    folder: Path
    sha256: str
    size: int
    kind: Kind | None  # None for what can only be a picture
    only_pictures: bool = False

    @property
    def path(self) -> Path:
        return self.folder / "sent"


@dataclass(frozen=True)
class Prepared:
    """A file that may be kept: where its harmless bytes lie, and the SHA-256 of what was sent."""

    sha256: str
    name: str
    path: Path
    ending: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    scales: bool = False
    sized_with: int = 0
    beside: dict[str, Path] = field(default_factory=dict)  # renditions, by their keys

    @property
    def key(self) -> str:
        return key_of(self.sha256, self.name, self.ending)

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def as_columns(self) -> dict[str, Any]:
        """What a row says of its file."""
        return {
            "key": self.key,
            "sha256": self.sha256,
            "media_type": MEDIA_TYPES[self.ending],
            "size": self.size,
            "width": self.width,
            "height": self.height,
            "seconds": self.seconds,
            "scales": self.scales,
            "sized_with": self.sized_with,
        }


def store(stream: IO[bytes], filename: str, *, by: User | None = None) -> Upload:
    """Keeps what the stream holds and returns its row, not yet committed; the same bytes give the same row.

    Raises Refused. If the transaction is rolled back afterwards, the file stays without a row; it is found
    and used again when the same bytes are sent.
    """
    with received(stream) as file:
        return known(file) or keep(prepare(file, filename), by=by)


@contextmanager
def received(stream: IO[bytes], *, only_pictures: bool = False) -> Iterator[Received]:
    """All of the stream on disk, but never more than the site accepts. Raises Refused; leaves nothing."""
    place = incoming() / tokens.new_token()
    try:
        with _room_on_disk():
            place.mkdir(mode=0o700, parents=True)
            file = replace(_receive(stream, place), only_pictures=only_pictures)
        if only_pictures and file.kind is not None:
            raise Refused(pictures.unknown())
        yield file
    finally:
        shutil.rmtree(place, ignore_errors=True)


def known(file: Received) -> Upload | None:
    """The upload of the same bytes, if they are here already."""
    upload = _of(file.sha256)
    return upload if upload and path_of(upload).is_file() else None


def prepare(file: Received, filename: str, *, with_renditions: bool = True) -> Prepared:
    """The slow half of `store`. It asks no database, so that nobody waits for a lock meanwhile."""
    shown = "".join(filter(str.isprintable, filename or ""))
    name = shown.replace("\\", "/").rpartition("/")[2].strip()[:200]
    with _room_on_disk():
        if file.kind is None:
            with _room:
                return _picture(file, name, with_renditions=with_renditions)
        if file.kind in (kinds.MP4, kinds.WEBM):
            return _film(file, name)
        if file.kind is kinds.TEXT and not _is_all_text(file.path):
            raise Refused(kinds.unknown())
        return _as_it_is(file, name, file.kind.ending)


def keep(prepared: Prepared, *, by: User | None = None) -> Upload:
    """The quick half: the files, then the row, so that a row never lacks its file."""
    known = _of(prepared.sha256)
    columns = prepared.as_columns()
    key = known.key if known else _free_key(columns["key"])
    with _room_on_disk():
        if not places.path(key).is_file():
            _bring(prepared, key)
    if known:
        return known
    upload = Upload(**columns | {"key": key}, name=prepared.name, alt="", uploaded_by=by)
    try:
        with db.session.begin_nested():
            db.session.add(upload)
    except IntegrityError:  # another process kept the same bytes in this moment
        return db.session.scalars(select(Upload).where(Upload.sha256 == prepared.sha256)).one()
    happened(signals.upload_stored, upload)
    return upload


def put_in_place(prepared: Prepared, sort: Sort) -> dict[str, Any]:
    """The files of what replaces another upload's; what that row says from now on. Raises Refused."""
    if Sort.of(MEDIA_TYPES[prepared.ending]) != sort:
        raise Refused(_("It is of another kind: a picture can only take the place of a picture, and so on."))
    columns = prepared.as_columns()
    columns["key"] = _free_key(columns["key"])
    with _room_on_disk():
        _bring(prepared, columns["key"])
    return columns


# -- renditions


def resize(upload: Upload) -> tuple[bool, int]:
    """Makes what is missing of a picture's renditions: whether it is offered in any, and how many are new."""
    path, key, width = path_of(upload), upload.key, upload.width
    db.session.rollback()  # nobody waits for this transaction while pictures are worked on
    if not (width and path.is_file() and scaling.can_scale(path, path.suffix)):
        return False, 0
    missing = [one for one in renditions.files(key, width) if not places.path(one[0]).is_file()]
    with _room:
        for name, data in scaling.made(path, missing):
            durable.write(places.path(name), data)
    return True, len(missing)


def rendition(key: str) -> bool:
    """Makes one that a reader asks for before it is there; whether it is there now.

    Only of a picture that is kept, and only in a width that it is offered in: no stranger fills the disk.
    """
    parsed = renditions.parsed(key)
    if parsed is None:
        return False
    upload = Upload.with_stem(parsed[0])
    if upload is None or key not in dict(upload.renditions) or not path_of(upload).is_file():
        return False
    original = path_of(upload)
    db.session.rollback()  # nobody waits for this transaction while it is made
    if not _making.acquire(timeout=PATIENCE):
        return False
    try:
        if not places.path(key).is_file():
            ((_same, data),) = scaling.made(original, [(key, parsed[1])])
            durable.write(places.path(key), data)
    except OSError:
        return False  # the disk is full: the page falls back on another size
    finally:
        _making.release()
    return True


# -- private


def key_of(sha256: str, name: str, ending: str) -> str:
    stem = secure_filename(Path(name).stem).replace("_", "-").lower()[:NAME_LENGTH].strip("-.")
    return f"{sha256[:16]}/{stem or ('picture' if ending in pictures.MEDIA_TYPES else 'file')}{ending}"


def _receive(stream: IO[bytes], place: Path) -> Received:
    head = stream.read(kinds.HEAD)
    if not head:
        raise Refused(_("The file is empty."))
    kind = kinds.recognised(head)
    most = most_bytes(kind)
    digest, size = hashlib.sha256(), 0
    with (place / "sent").open("xb") as file:
        block = head
        while block:
            size += len(block)
            if size > most:
                raise too_large(most // MEGABYTE)
            require_room(len(block))
            digest.update(block)
            file.write(block)
            block = stream.read(min(BLOCK, most + 1 - size))
    return Received(place, digest.hexdigest(), size, kind)


def most_bytes(kind: Kind | None) -> int:
    """How large a file of this kind may be."""
    settings = current_app.config["BROADSHEET"]
    large = kind in kinds.SOUND_AND_FILM
    return int(settings.max_media_size if large else settings.max_upload_size) * MEGABYTE


def too_large(megabytes: int) -> TooLarge:
    return TooLarge(_("It is larger than %(megabytes)d MB, the most this site accepts.", megabytes=megabytes))


def _picture(file: Received, name: str, *, with_renditions: bool) -> Prepared:
    try:
        data, ending, width, height = pictures.harmless(file.path.read_bytes())
    except pictures.NoPicture:
        raise Refused(pictures.unknown() if file.only_pictures else kinds.unknown()) from None
    path = file.folder / "kept"
    path.write_bytes(data)
    scales = scaling.can_scale(data, ending)
    named = name or f"picture{ending}"
    beside: dict[str, Path] = {}
    if scales and with_renditions:
        key = key_of(file.sha256, named, ending)
        at_once = [
            one for one in renditions.files(key, width) if not one[0].endswith(".avif") or ending == ".avif"
        ]
        for number, (each, rendered) in enumerate(scaling.made(data, at_once)):
            beside[each] = file.folder / str(number)
            beside[each].write_bytes(rendered)
    return Prepared(file.sha256, named, path, ending, width, height, scales=scales, beside=beside)


def _film(file: Received, name: str) -> Prepared:
    is_mp4 = file.kind is kinds.MP4
    try:
        film = films.read_mp4(file.path) if is_mp4 else films.read_webm(file.path)
    except films.Damaged as error:
        raise Refused(_("The film or sound is damaged: it cannot be read to its end.")) from error
    kind = kinds.MP4 if is_mp4 else kinds.WEBM
    if not film.width:
        kind = kinds.M4A if is_mp4 else kinds.WEBA
    return _as_it_is(file, name, kind.ending, width=film.width, height=film.height, seconds=film.seconds)


def _as_it_is(file: Received, name: str, ending: str, **known: Any) -> Prepared:
    return Prepared(file.sha256, name or f"file{ending}", file.path, ending, **known)


def _is_all_text(path: Path) -> bool:
    with path.open("rb") as file:
        return all(b"\0" not in block for block in iter(lambda: file.read(BLOCK), b""))


def _of(sha256: str) -> Upload | None:
    return db.session.scalar(select(Upload).where(Upload.sha256 == sha256))


def _free_key(key: str) -> str:
    """Not one that another file had: what was written for that one must not show this."""
    stem, dot, ending = key.rpartition(".")
    number, candidate = 1, key
    while db.session.scalar(select(UploadAlias.id).where(UploadAlias.key == candidate)):
        number += 1
        candidate = f"{stem}-v{number}{dot}{ending}"
    return candidate


def _bring(prepared: Prepared, key: str) -> None:
    """Into its place, with what lies beside it; whole or not at all."""
    path = places.path(key)
    stem, made_for = key.rpartition(".")[0], prepared.key.rpartition(".")[0]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, draft in prepared.beside.items():
            durable.move(draft, places.path(stem + name.removeprefix(made_for)))
        durable.move(prepared.path, path)  # last: what is here is whole
        durable.sync_folder(path.parent.parent)
    except OSError:
        with suppress(OSError):
            places.remove(path)
        raise


@contextmanager
def _room_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise no_room() from error
