"""The site's icons, from the picture that its owner chose, else a newspaper with the accent on its front."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.lib.colour import LIGHT_GROUNDS, accents
from broadsheet.lib.lazy import lazily
from broadsheet.media import drawn, places
from broadsheet.models import Upload

if TYPE_CHECKING:
    from PIL import Image, ImageDraw
else:
    Image = lazily("PIL.Image")
    ImageDraw = lazily("PIL.ImageDraw")

# Raise it when the same picture gives other icons.
VERSION = 1

PAPER, INK = LIGHT_GROUNDS[0], "#1a1a17"
# Name → pixels. What a telephone cuts to its own shape (`maskable`) keeps clear of the edges:
# w3.org/TR/appmanifest, "Icon masks and safe zone". `180` is Apple's, whose ground must not be seen through.
SIZES = {"32": 32, "180": 180, "192": 192, "512": 512, "maskable": 512}
SHARE = {"maskable": 0.7, "180": 0.86}  # of the whole, that the picture takes
ICO = ((16, 16), (32, 32), (48, 48))

# The drawing in a square of 32: left, top, width, height, colour.
SHAPES = (
    *((4, 1, 24, 30, INK), (5.5, 2.5, 21, 27, PAPER), (8, 6, 16, 5, "accent")),
    *((8, 13, 16, 1, INK), (8, 15, 16, 1, INK)),
    *((8, 18, 7, 2, INK), (8, 22, 7, 2, INK), (8, 26, 7, 1, INK)),
    *((17, 18, 7, 2, INK), (17, 22, 7, 2, INK), (17, 26, 7, 1, INK)),
)


@dataclass(frozen=True)
class Icons:
    key: str  # of the upload; empty for our own drawing
    accent: str

    @cached_property
    def digest(self) -> str:
        return drawn.digest(VERSION, self.key, self.accent)


def of(picture: Upload | None, accent: str) -> Icons:
    return _icons(picture.key if picture else "", accent)


@lru_cache(maxsize=64)
def _icons(key: str, accent: str) -> Icons:
    return Icons(key, accents(accent)[0])


def made(icons: Icons, name: str) -> Path:
    """The file of one of SIZES. Raises drawn.Busy."""
    return drawn.made(f"icon-{name}", icons.digest, ".png", lambda: _png(sized(icons, name)))


def ico(icons: Icons) -> Path:
    """For those who ask for /favicon.ico without having read a page. Raises drawn.Busy."""

    def draw() -> bytes:
        out = io.BytesIO()
        _source(icons).resize(ICO[-1], Image.Resampling.LANCZOS).save(out, "ICO", sizes=ICO)
        return out.getvalue()

    return drawn.made("favicon", icons.digest, ".ico", draw)


def svg(icons: Icons) -> str:
    """Our own drawing."""
    shapes = "".join(
        f'<path fill="{icons.accent if colour == "accent" else colour}" d="M{x} {y}h{width}v{height}H{x}z"/>'
        for x, y, width, height, colour in SHAPES
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{shapes}</svg>\n'


def sized(icons: Icons, name: str) -> Image.Image:
    size = SIZES[name]
    inner = round(size * SHARE.get(name, 1))
    picture = _source(icons).resize((inner, inner), Image.Resampling.LANCZOS)
    if inner == size:
        return picture
    ground = Image.new("RGBA", (size, size), PAPER)
    ground.alpha_composite(picture, ((size - inner) // 2, (size - inner) // 2))
    return ground.convert("RGB")


def _source(icons: Icons) -> Image.Image:
    """The whole picture in a square, with nothing around it."""
    path = places.path(icons.key) if icons.key else None
    if path is None or not path.is_file():
        return _newspaper(icons.accent)
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    side = max(picture.size)
    square = Image.new("RGBA", (side, side))
    square.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


def _newspaper(accent: str) -> Image.Image:
    scale = 32
    image = Image.new("RGBA", (32 * scale, 32 * scale))
    on = ImageDraw.Draw(image)
    for x, y, width, height, colour in SHAPES:
        corner = (x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1)
        on.rectangle(corner, fill=accent if colour == "accent" else colour)
    return image


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
