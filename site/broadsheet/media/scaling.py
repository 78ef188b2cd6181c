"""The renditions of a picture: the sizes and kinds of lib/renditions.py, made from what is kept of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.lib import renditions
from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = lazily("PIL.Image")

# How each ending is written. AVIF at speed 6 takes about a second for a large picture, WebP a tenth.
WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    ".avif": ("AVIF", {"quality": 62, "speed": 6}),
    ".webp": ("WEBP", {"quality": 82, "method": 4}),
    ".jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    ".png": ("PNG", {"compress_level": 6}),
}
FEW_COLOURS = 256  # a chart or a screenshot: lossless is smaller then, and sharp


def can_scale(source: bytes | Path, ending: str) -> bool:
    """Whether the picture stands still and is of a kind and size that is offered in others."""
    if ending not in renditions.SCALABLE:
        return False
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as picture:
        return getattr(picture, "n_frames", 1) == 1 and bool(renditions.widths(picture.width))


def made(source: bytes | Path, wanted: list[tuple[str, int]]) -> Iterator[tuple[str, bytes]]:
    """The files of `wanted` (keys and widths), from the widest to the smallest."""
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as opened:
        picture: Image.Image = _workable(opened)
    few = picture.width * picture.height < 4_000_000 and picture.getcolors(FEW_COLOURS) is not None
    for key, width in sorted(wanted, key=lambda each: -each[1]):
        if width < picture.width:
            height = max(1, round(picture.height * width / picture.width))
            picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        yield key, _written(picture, key[key.rindex(".") :], lossless=few)


def _workable(picture: Image.Image) -> Image.Image:
    """With the channels that can be scaled: palettes and single bits cannot."""
    if picture.mode in ("RGB", "RGBA", "L"):
        picture.load()
        return picture.copy()
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _written(picture: Image.Image, ending: str, *, lossless: bool) -> bytes:
    kind, options = WRITTEN[ending]
    if kind == "WEBP" and lossless:
        options = {"lossless": True, "quality": 60}
    if kind == "JPEG" and picture.mode == "RGBA":  # what is seen through it is paper
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
