"""The sizes in which a picture is offered: their names, known to whoever writes addresses or makes files.

A rendition lies beside its original and is called after it: `0123456789abcdef/harbour.jpg` has
`0123456789abcdef/harbour-800.avif`. So its address needs no look into the database, and nothing can be asked
for that is not in this table.
"""

import re

# Raise it when the same picture gets other files: existing ones are made anew.
VERSION = 1

# CSS pixels times 1 to 3 of the columns in which the site shows pictures; each about half again as wide as
# the one before, so that a browser never loads twice what it needs.
LADDER = (480, 800, 1200, 1600, 2400)
WIDEST = LADDER[-1]

AVIF, WEBP = "image/avif", "image/webp"
MODERN = {AVIF: ".avif", WEBP: ".webp"}  # smallest first: a browser takes the first that it knows
# For browsers that know neither, and for the cards of shared links, at one size that does for all: in the
# kind of the original, or as JPEG if that is a modern one itself.
FALLBACK_WIDTH = 1200

# A drawing has every size already; a GIF is mostly an animation, and small otherwise.
SCALABLE = (".jpg", ".png", ".webp", ".avif")

_NAME = re.compile(
    r"(?P<stem>[0-9a-f]{16}/[a-z0-9][a-z0-9.-]*)-(?P<width>[1-9][0-9]{1,3})(?P<ending>\.[a-z]+)"
)

Source = tuple[str, str]  # a media type, and a `srcset`


def widths(width: int) -> tuple[int, ...]:
    """Those in which a picture of this width is offered; none if it is small enough as it is."""
    if width <= LADDER[0]:
        return ()
    # One that is nearly as wide as the picture itself would save nothing.
    smaller = tuple(rung for rung in LADDER if rung < width * 0.9)
    return (*smaller, width) if width <= WIDEST else smaller


def files(key: str, width: int) -> list[tuple[str, int]]:
    """The keys of all renditions of a picture, with their widths; the dear ones (AVIF) last."""
    stem, _ending = _parted(key)
    wanted = [(name(stem, each, suffix), each) for suffix in (".webp", ".avif") for each in widths(width)]
    if fallback(key, width) != key:
        wanted.insert(0, (fallback(key, width), min(width, FALLBACK_WIDTH)))
    return list(dict.fromkeys(wanted))


def sources(prefix: str, key: str, width: int) -> tuple[Source, ...]:
    """What stands in a `<picture>`; `prefix` is put before each key."""
    stem, _ending = _parted(key)
    return tuple(
        (media_type, ", ".join(f"{prefix}{name(stem, each, suffix)} {each}w" for each in widths(width)))
        for media_type, suffix in MODERN.items()
        if widths(width)
    )


def fallback(key: str, width: int) -> str:
    """The key of what a browser gets that knows none of the sources."""
    stem, ending = _parted(key)
    if ending in MODERN.values():
        return name(stem, min(width, FALLBACK_WIDTH), ".jpg")
    return name(stem, FALLBACK_WIDTH, ending) if width > FALLBACK_WIDTH else key


def smallest(key: str, width: int) -> str:
    """The key of the smallest, which every browser of today can show."""
    stem, _ending = _parted(key)
    return name(stem, widths(width)[0], ".webp") if widths(width) else key


def parsed(key: str) -> tuple[str, int, str] | None:
    """The original's key without its ending, the width and the ending; None if it is no rendition's name."""
    match = _NAME.fullmatch(key)
    return (match["stem"], int(match["width"]), match["ending"]) if match else None


def name(stem: str, width: int, ending: str) -> str:
    return f"{stem}-{width}{ending}"


def _parted(key: str) -> tuple[str, str]:
    stem, dot, ending = key.rpartition(".")
    return stem, dot + ending
