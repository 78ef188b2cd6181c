"""The owner's accent, made legible: one shade for paper, one for the dark, both of the chosen hue.

OKLCH after Björn Ottosson, "A perceptual color space for image processing" (2020); contrast after WCAG 2.2,
"relative luminance".
"""

import math
import re
from functools import lru_cache
from typing import NamedTuple

# The grounds that the accent is written on, as in static/css/tokens.css: the page and its tinted panel.
LIGHT_GROUNDS = ("#fdfcf8", "#f4f1e9")
DARK_GROUNDS = ("#161614", "#201f1c")

REQUIRED = 4.5  # WCAG 2.2, 1.4.3, level AA
AIM = 5.0
STEPS = 250  # of lightness, each too small to see

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


class Oklch(NamedTuple):
    lightness: float  # 0 to 1
    chroma: float  # 0 to about 0.37
    hue: float  # radians


@lru_cache(maxsize=64)
def accents(colour: str) -> tuple[str, str]:
    """`#rrggbb` → (the accent on light grounds, the accent on dark grounds), both `#rrggbb`.

    Hue stays; lightness moves no further than contrast asks for; chroma gives way where sRGB ends.
    Raises ValueError if `colour` is none.
    """
    chosen = to_oklch(parse(colour))
    return _legible(chosen, LIGHT_GROUNDS, darker=True), _legible(chosen, DARK_GROUNDS, darker=False)


def parse(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` or `#rgb`, with or without the sign → channels of 0 to 255. Raises ValueError otherwise."""
    found = _HEX.fullmatch(colour.strip())
    if not found:
        raise ValueError(f"not a colour: {colour!r}")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(rgb: tuple[int, int, int]) -> Oklch:
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def to_hex(colour: Oklch) -> str:
    """The nearest colour of that lightness and hue that sRGB can show, with less chroma where it must be."""
    low, high = 0.0, colour.chroma
    if _is_shown(_rgb(colour)):
        low = high
    for _ in range(24):
        middle = (low + high) / 2
        if _is_shown(_rgb(colour._replace(chroma=middle))):
            low = middle
        else:
            high = middle
    channels = _rgb(colour._replace(chroma=low))
    return "#" + "".join(f"{round(_encoded(min(max(one, 0.0), 1.0)) * 255):02x}" for one in channels)


def _legible(colour: Oklch, grounds: tuple[str, ...], *, darker: bool) -> str:
    """The colour itself if it is legible, else the first shade on the way to black or white that is."""
    end = 0.0 if darker else 1.0
    for step in range(STEPS + 1):
        lightness = colour.lightness + (end - colour.lightness) * step / STEPS
        shade = to_hex(colour._replace(lightness=lightness))
        if min(contrast(shade, ground) for ground in grounds) >= AIM:
            return shade
    return "#000000" if darker else "#ffffff"


def _rgb(colour: Oklch) -> tuple[float, float, float]:
    """Linear light; outside 0 to 1 where sRGB cannot show the colour."""
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _is_shown(rgb: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in rgb)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)
