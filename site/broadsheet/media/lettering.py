"""Words in pictures, in whatever script: which font shows them, how they break into lines, how they run.

A few fonts are ours (static/vendor: Latin, Greek, Cyrillic, Arabic, Hebrew); for the rest the machine's are
asked. What no font can show is never drawn: a row of boxes would say less than nothing.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from broadsheet.lib.font_coverage import characters
from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont, features
else:
    ImageDraw = lazily("PIL.ImageDraw")
    ImageFont = lazily("PIL.ImageFont")
    features = lazily("PIL.features")

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"
OURS = tuple(
    VENDOR / name
    for name in (
        "source-serif-4/source-serif-4-latin-700-normal.woff",
        "source-serif-4/source-serif-4-latin-ext-700-normal.woff",
        "source-serif-4/source-serif-4-vietnamese-700-normal.woff",
        "source-serif-4/source-serif-4-cyrillic-700-normal.woff",
        "source-serif-4/source-serif-4-cyrillic-ext-700-normal.woff",
        "source-serif-4/source-serif-4-greek-700-normal.woff",
        "noto-naskh-arabic/noto-naskh-arabic-arabic-700-normal.woff",
        "frank-ruhl-libre/frank-ruhl-libre-hebrew-700-normal.woff",
    )
)
PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    f"{os.environ.get('WINDIR', 'C:/Windows')}/Fonts",
)
MOST_FILES = 4000
# Fonts made to show a mark for what they do not have.
SHOW_NOTHING = ("lastresort", "blank", "notdef")

# Without raqm and FriBiDi letters are set one by one from the left: enough for most scripts, not for these.
JOINED = (
    (0x0590, 0x08FF),
    (0x0900, 0x0DFF),
    (0x0F00, 0x109F),
    (0x1780, 0x18AF),
    (0xFB1D, 0xFDFF),
    (0xFE70, 0xFEFC),
)


@cache
def shapes() -> bool:
    return bool(features.check_feature("raqm") and features.version_feature("fribidi"))


JOINERS = "\u200c\u200d"
NOT_AT_START = "、。，．・：；？！」』】）〉》〕］｝ー々〜…"
ELLIPSIS = "…"
STRONG = ("L", "R", "AL")  # the directions of letters; of digits and points there are others
LEADING = 1.14
LEADING_JOINED = 1.36  # Arabic and Indic letters reach further up and down


class Run(NamedTuple):
    """Letters of one font, which run one way."""

    text: str
    font: Path
    is_rtl: bool


@dataclass(frozen=True)
class Setting:
    """A text in lines: how it stands in a picture."""

    lines: tuple[str, ...]
    size: int
    is_rtl: bool
    leading: float

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.size * self.leading)


# -- what can be shown


@lru_cache(1000)
def showable(text: str) -> str | None:
    """The text as it can be drawn here, without symbols that cannot; None if that would cost it letters."""
    kept: list[str] = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        kind = unicodedata.category(letter)
        if letter in JOINERS:
            kept += letter if kept and _joins(kept[-1]) else ""
        elif kind[0] == "C" or "\ufe00" <= letter <= "\ufe0f":
            continue
        elif font_for(letter) is not None and (shapes() or not _joins(letter)):
            kept.append(letter)
        elif kind[0] in "LN":
            return None
    return " ".join("".join(kept).split()).strip(JOINERS)


@lru_cache(10_000)
def font_for(letter: str) -> Path | None:
    code = ord(letter)
    for font in OURS:
        if code in characters(font):
            return font
    return next((font for font in _of_machine() if code in characters(font)), None)


@cache
def _of_machine() -> tuple[Path, ...]:
    """The machine's fonts, those first that go best with ours."""
    files: list[Path] = []
    for place in (*PLACES, str(Path.home() / ".local/share/fonts"), str(Path.home() / ".fonts")):
        for folder, _folders, names in os.walk(place):
            files += [
                Path(folder) / name for name in names if name.lower().endswith((".ttf", ".otf", ".ttc"))
            ]
            if len(files) > MOST_FILES:
                break
    known = (
        file for file in files[:MOST_FILES] if not any(word in file.name.lower() for word in SHOW_NOTHING)
    )
    return tuple(sorted(known, key=_taste))


def _taste(font: Path) -> tuple[bool, bool, bool, bool, str]:
    name = font.name.lower()
    slanted = "italic" in name or "oblique" in name
    return slanted or "mono" in name, "noto" not in name, "serif" not in name, "bold" not in name, str(font)


def _joins(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in JOINED)


# -- lines


def set_in(text: str, width: int, height: int, sizes: tuple[int, ...]) -> Setting:
    """The text in the largest of the sizes in which it has room; what is too long ends with an ellipsis."""
    is_rtl = runs_from_the_right(text)
    leading = LEADING_JOINED if any(map(_joins, text)) else LEADING
    for size in sizes:
        setting = Setting(tuple(_wrapped(text, size, width)), size, is_rtl, leading)
        # A word that had to be cut looks wrong as long as a smaller size would spare it.
        if setting.height <= height and (size == sizes[-1] or not _cuts(text, size, width)):
            return Setting(_balanced(text, size, width, len(setting.lines)), size, is_rtl, leading)
    most = max(1, int(height / (sizes[-1] * setting.leading)))
    lines = list(setting.lines[:most])
    while lines[-1] and length(lines[-1] + ELLIPSIS, size) > width:
        lines[-1] = lines[-1][:-1].rstrip()
    return Setting((*lines[:-1], lines[-1].rstrip(" ,.;:") + ELLIPSIS), size, is_rtl, leading)


def runs_from_the_right(text: str) -> bool:
    """By its first letter that has a direction, as `dir=auto` in HTML."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in STRONG:
            return direction != "L"
    return False


def length(text: str, size: int) -> float:
    return sum(_font(run.font, size).getlength(run.text, direction=_way(run)) for run in runs(text))


def draw(
    on: ImageDraw.ImageDraw,
    setting: Setting,
    box: tuple[int, int, int],
    colour: str,
    *,
    centred: bool = False,
) -> None:
    """Into the box (left, top, right), from the side on which its script begins."""
    left, top, right = box
    for number, line in enumerate(setting.lines):
        wide = length(line, setting.size)
        x = (left + right - wide) / 2 if centred else right - wide if setting.is_rtl else float(left)
        baseline = top + round((number + 0.82) * setting.size * setting.leading)
        for run in _as_seen(runs(line), setting.is_rtl):
            font = _font(run.font, setting.size)
            on.text((x, baseline), run.text, fill=colour, font=font, anchor="ls", direction=_way(run))
            x += font.getlength(run.text, direction=_way(run))


def runs(line: str) -> list[Run]:
    """In the order of reading. Spaces, digits and points stay in the font of the word before them."""
    fonts: list[Path] = []
    for letter in line:
        before = fonts[-1] if fonts else None
        if before and (unicodedata.category(letter)[0] not in "LN" or letter.isdigit()):
            stays = ord(letter) in characters(before) or letter in JOINERS
            fonts.append(before if stays else font_for(letter) or before)
        else:
            fonts.append(font_for(letter) or OURS[0])
    base = runs_from_the_right(line)
    found = []
    for font, letters in groupby(zip(fonts, line, strict=True), key=lambda pair: pair[0]):
        text = "".join(letter for _font, letter in letters)
        found += _parted(text, font, base)
    return found


def _parted(text: str, font: Path, base: bool) -> list[Run]:
    """A space at the end of words that run the other way runs as the line does (Unicode TR 9, N2)."""
    if not any(unicodedata.bidirectional(letter) in STRONG for letter in text):
        return [Run(text, font, base)]
    is_rtl = runs_from_the_right(text)
    words = text.rstrip() if is_rtl != base else text
    rest = text[len(words) :]
    return [Run(words, font, is_rtl), Run(rest, font, base)] if rest else [Run(words, font, is_rtl)]


def _as_seen(found: list[Run], is_rtl: bool) -> Iterator[Run]:
    """From left to right: runs of the other way keep their own order (Unicode TR 9, rule L2)."""
    groups = [list(same) for _way, same in groupby(found, key=lambda run: run.is_rtl)]
    for group in reversed(groups) if is_rtl else groups:
        yield from reversed(group) if group[0].is_rtl else group


def _words(text: str) -> list[str]:
    """What stays on one line: words with their space, and single letters of scripts without spaces."""
    words: list[str] = []
    for letter in text:
        breaks = not words or words[-1].endswith(" ") or (_is_wide(letter) or _is_wide(words[-1][-1]))
        if breaks and letter not in NOT_AT_START and letter != " ":
            words.append(letter)
        elif words:
            words[-1] += letter
    return words


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _wrapped(text: str, size: int, width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for word in _words(text):
        for part in _parts(word, size, width):
            wide = _width(part, size)
            if line and used + _width(part.rstrip(), size) > width:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line, used = line + part, used + wide
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _parts(word: str, size: int, width: float) -> Iterator[str]:
    """A word that no line can hold, in pieces."""
    while _width(word.rstrip(), size) > width and len(word) > 1:
        end = max(1, int(len(word) * width / _width(word, size)))
        while end > 1 and _width(word[:end], size) > width:
            end -= 1
        yield word[:end]
        word = word[end:]
    yield word


def _cuts(text: str, size: int, width: float) -> bool:
    return any(_width(word.rstrip(), size) > width for word in _words(text))


def _balanced(text: str, size: int, width: int, count: int) -> tuple[str, ...]:
    """In as many lines, but of much the same length."""
    low, high = width // 3, width
    while high - low > 8:
        middle = (low + high) // 2
        if len(_wrapped(text, size, middle)) <= count and not _cuts(text, size, middle):
            high = middle
        else:
            low = middle
    return tuple(_wrapped(text, size, high))


@lru_cache(5000)
def _width(word: str, size: int) -> float:
    return length(word, size)


@lru_cache(64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _way(run: Run) -> Literal["ltr", "rtl"] | None:
    return ("rtl" if run.is_rtl else "ltr") if shapes() else None
