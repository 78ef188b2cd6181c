"""The bytes of uploads: what they really are, made harmless, kept below `instance/uploads`.

A picture is known by its content, never by its name, and what is kept is always written anew: upright, in
sRGB, without the place and the camera, and without whatever else was hidden in the file.
"""

import hashlib
import io
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from flask import current_app
from flask_babel import lazy_gettext as _
from PIL import Image, ImageCms, ImageOps, ImageSequence
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import secure_filename

from broadsheet import signals
from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.lib import svg
from broadsheet.models import Upload, User
from broadsheet.models.event import happened

MAX_PIXELS = 64_000_000  # of all frames together; four bytes each while they are worked on
MAX_FRAMES = 1_000
NAME_LENGTH = 80

# How Pillow names a format → our ending, media type, and how it is written.
FORMATS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": (".jpg", "image/jpeg", {"quality": 88, "optimize": True, "progressive": True}),
    "PNG": (".png", "image/png", {"compress_level": 6}),
    "GIF": (".gif", "image/gif", {"comment": b""}),
    "WEBP": (".webp", "image/webp", {"quality": 88}),
    "AVIF": (".avif", "image/avif", {"quality": 75, "speed": 8}),
}
ALIKE = {"MPO": "JPEG"}  # a JPEG with further pictures behind it, as telephones write
MEDIA_TYPES = {ending: media_type for ending, media_type, _options in FORMATS.values()} | {
    ".svg": "image/svg+xml"
}

# What a copy needs of the original's particulars; the rest (Exif, XMP, comments, profiles) stays behind.
KEPT = ("transparency",)

# Pictures are heavy: many at once must queue, not exhaust the machine.
_room = BoundedSemaphore(2)


class Refused(Exception):
    """A file that is not kept; `message` says why, in words for whoever sent it."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


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
        data, ending, width, height = _made_of(sent)
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


# -- what was sent, and what is made of it


def _known(sha256: str) -> Upload | None:
    return db.session.scalar(select(Upload).where(Upload.sha256 == sha256))


def _made_of(sent: bytes) -> tuple[bytes, str, int, int]:
    if b"<svg" in sent[:4096] and sent.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _made_of_drawing(sent)
    try:
        with Image.open(io.BytesIO(sent), formats=tuple(FORMATS)) as picture:
            return _made_of_picture(picture, lossless=b"VP8L" in sent[:128])
    except Refused:
        raise
    except Image.UnidentifiedImageError:
        raise Refused(
            _("It is no picture that this site knows. JPEG, PNG, WebP, AVIF, GIF and SVG are.")
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_many_pixels()) from None
    except Exception as error:  # a decoder that meets a damaged file raises whatever comes to its mind
        raise Refused(_("The picture is damaged: it cannot be read to its end.")) from error


def _made_of_drawing(sent: bytes) -> tuple[bytes, str, int, int]:
    try:
        data, width, height = svg.sanitise(sent)
    except svg.NotAnSvg as error:
        raise Refused(
            _("The drawing cannot be read. Save it as plain SVG, without a document type.")
        ) from error
    return data, ".svg", width, height


def _made_of_picture(picture: Image.Image, *, lossless: bool) -> tuple[bytes, str, int, int]:
    kind = ALIKE.get(str(picture.format), str(picture.format))
    ending, _media_type, options = FORMATS[kind]
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(_too_many_pixels())
    if kind == "WEBP" and lossless:
        options = {"lossless": True, "quality": 80}
    frames = getattr(picture, "n_frames", 1) if kind != "JPEG" else 1
    if frames > 1:
        data, (width, height) = _animation(picture, kind, frames, options)
    else:
        still = _harmless(ImageOps.exif_transpose(picture), kind)
        data, (width, height) = _written(still, kind, **options), still.size
    return data, ending, width, height


def _animation(
    picture: Image.Image, kind: str, count: int, options: dict[str, Any]
) -> tuple[bytes, tuple[int, int]]:
    if count > MAX_FRAMES or count * picture.width * picture.height > MAX_PIXELS:
        raise Refused(_("The animation has too many frames for its size. Make it shorter or smaller."))
    frames: list[Image.Image] = []
    durations: list[int] = []
    loop = picture.info.get("loop")
    for frame in ImageSequence.Iterator(picture):
        frames.append(_harmless(frame.copy(), kind))
        durations.append(int(frame.info.get("duration") or 100))
    options = {**options, "save_all": True, "append_images": frames[1:], "duration": durations}
    if loop is not None:
        options["loop"] = loop
    if kind == "GIF" and any(frame.has_transparency_data for frame in frames):
        options["disposal"] = 2  # each frame is whole: what the one before it drew must not shine through
    return _written(frames[0], kind, **options), frames[0].size


def _harmless(picture: Image.Image, kind: str) -> Image.Image:
    """Its pixels in sRGB, in a mode that the format knows, and nothing else."""
    picture.load()
    profile = picture.info.get("icc_profile")
    if profile:
        picture = _in_srgb(picture, profile)
    if kind == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    elif kind in ("WEBP", "AVIF") and picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.info = {name: value for name, value in picture.info.items() if name in KEPT}
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    has_alpha = picture.has_transparency_data
    if picture.mode in ("P", "PA", "LA"):
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    if picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture  # greys: a profile hardly moves them
    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if picture.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile: the pixels as they are
    return converted or picture


def _written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _too_many_pixels() -> Any:
    return _(
        "It has more than %(megapixels)d million pixels, too many to work on. Make it smaller.",
        megapixels=MAX_PIXELS // 1_000_000,
    )


# -- files


def _path(key: str) -> Path:
    return folder() / key


def _write(path: Path, data: bytes) -> None:
    """The file is whole or absent, also after a power cut."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
        _sync_folder(path.parent.parent)
    except OSError as error:
        with suppress(OSError):
            _remove(draft)
        raise Refused(
            _("The server has no room for the file, or may not write it. Nothing was kept.")
        ) from error


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """The file, and its folder if nothing else is in it."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
