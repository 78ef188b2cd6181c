"""Pictures from strangers, written anew: what they show is kept, and nothing else that was in the file."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from broadsheet.lib import svg
from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from PIL import Image, ImageCms, ImageOps, ImageSequence
else:
    Image = lazily("PIL.Image")
    ImageCms = lazily("PIL.ImageCms")
    ImageOps = lazily("PIL.ImageOps")
    ImageSequence = lazily("PIL.ImageSequence")

MAX_PIXELS = 64_000_000  # of all frames together; four bytes each while they are worked on
MAX_FRAMES = 1_000
MAX_SCANS = 50  # of a JPEG in layers: ten are usual, and thirty bytes make a decoder go over all of it

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

# A byte 0xFF that stands for itself is followed by 0; 0xD0 to 0xD7 only cut a scan into pieces.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

# What a copy needs of the original's particulars; the rest (Exif, XMP, comments, profiles) stays behind.
KEPT = ("transparency",)


class Refused(Exception):
    """A file that is not kept; `message` says why, in words for whoever sent it."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class NotNow(Refused):
    """Nothing is wrong with the file: it may be kept when it is sent again."""


class TooLarge(Refused):
    """It is larger than what is kept."""


class NoPicture(Refused):
    """It may be something else."""


def harmless(sent: bytes) -> tuple[bytes, str, int, int]:
    """What is kept of the bytes that were sent: others, the ending of their kind, width and height in pixels.

    Raises Refused.
    """
    if b"<svg" in sent[:4096] and sent.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _made_of_drawing(sent)
    try:
        with Image.open(io.BytesIO(sent), formats=tuple(FORMATS)) as picture:
            return _made_of_picture(picture, sent)
    except Refused:
        raise
    except Image.UnidentifiedImageError:
        raise (Refused(_damaged()) if _begins_as_picture(sent) else NoPicture(unknown())) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_many_pixels()) from None
    except Exception as error:  # a decoder that meets a damaged file raises whatever comes to its mind
        raise Refused(_damaged()) from error


def _begins_as_picture(sent: bytes) -> bool:
    signatures = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
    return sent.startswith(signatures) or sent[8:12] in (b"WEBP", b"avif", b"avis")


def _damaged() -> Any:
    return _("The picture is damaged: it cannot be read to its end.")


def unknown() -> Any:
    return _("It is no picture that this site knows. JPEG, PNG, WebP, AVIF, GIF and SVG are.")


def _made_of_drawing(sent: bytes) -> tuple[bytes, str, int, int]:
    try:
        data, width, height = svg.sanitise(sent)
    except svg.NotAnSvg as error:
        raise Refused(
            _("The drawing cannot be read. Save it as plain SVG, without a document type.")
        ) from error
    return data, ".svg", width, height


def _made_of_picture(picture: Image.Image, sent: bytes) -> tuple[bytes, str, int, int]:
    kind = ALIKE.get(str(picture.format), str(picture.format))
    ending, _media_type, options = FORMATS[kind]
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(_too_many_pixels())
    if kind == "JPEG" and _scans(sent) > MAX_SCANS:
        raise Refused(_damaged())
    if kind == "WEBP" and b"VP8L" in sent[:128]:
        options = {"lossless": True, "quality": 80}
    frames = getattr(picture, "n_frames", 1) if kind != "JPEG" else 1
    if frames > 1:
        data, (width, height) = _animation(picture, kind, frames, options)
    else:
        still = _still(ImageOps.exif_transpose(picture), kind)
        data, (width, height) = _written(still, kind, **options), still.size
    return data, ending, width, height


def _scans(sent: bytes) -> int:
    """How often a JPEG (ITU-T T.81, annex B) begins to tell its pixels."""
    scans, at = 0, 2
    while marker := _MARKER.search(sent, at):
        at = marker.end()
        kind = sent[at - 1]
        if kind == 0xD9:  # what lies behind the picture may hold anything
            break
        if kind != 0x01:
            scans += kind == 0xDA
            at += int.from_bytes(sent[at : at + 2])
    return scans


def _animation(
    picture: Image.Image, kind: str, count: int, options: dict[str, Any]
) -> tuple[bytes, tuple[int, int]]:
    if count > MAX_FRAMES or count * picture.width * picture.height > MAX_PIXELS:
        raise Refused(_("The animation has too many frames for its size. Make it shorter or smaller."))
    frames: list[Image.Image] = []
    durations: list[int] = []
    loop = picture.info.get("loop")
    for frame in ImageSequence.Iterator(picture):
        frames.append(_still(frame.copy(), kind))
        durations.append(int(frame.info.get("duration") or 100))
    options = {**options, "save_all": True, "append_images": frames[1:], "duration": durations}
    if loop is not None:
        options["loop"] = loop
    if kind == "GIF" and any(frame.has_transparency_data for frame in frames):
        options["disposal"] = 2  # each frame is whole: what the one before it drew must not shine through
    return _written(frames[0], kind, **options), frames[0].size


def _still(picture: Image.Image, kind: str) -> Image.Image:
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
