"""Which characters a font file can show: read from its `cmap` table, and nothing else of it.

TrueType, OpenType, their collections (the first font) and WOFF 1. After the OpenType specification 1.9
(learn.microsoft.com/typography/opentype/spec) and WOFF File Format 1.0 (w3.org/TR/WOFF).
"""

import struct
import zlib
from functools import cache
from pathlib import Path
from typing import IO

OUTLINES = ("glyf", "CFF ", "CFF2")
# The kinds of `cmap` that speak of Unicode, by (platform, encoding): the ones that know most come first.
UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


@cache
def characters(path: Path) -> frozenset[int]:
    """The code points for which the font has a glyph; none if it cannot be read, or has nothing to draw."""
    try:
        with path.open("rb") as file:
            return frozenset(_mapped(_cmap(file)))
    except (OSError, ValueError, LookupError, struct.error, zlib.error):
        return frozenset()


def _cmap(file: IO[bytes]) -> bytes:
    tag = file.read(4)
    if tag == b"wOFF":
        tables = _woff_tables(file)
    else:
        if tag == b"ttcf":
            file.seek(12)
            file.seek(struct.unpack(">I", file.read(4))[0] + 4)
        tables = _tables(file)
    if not any(name in tables for name in OUTLINES):
        raise ValueError("nothing but bitmaps")
    offset, packed, length = tables["cmap"]
    file.seek(offset)
    data = file.read(packed)
    return zlib.decompress(data) if packed < length else data


def _tables(file: IO[bytes]) -> dict[str, tuple[int, int, int]]:
    (count,) = struct.unpack(">H6x", file.read(8))
    tables = {}
    for _ in range(count):
        name, offset, length = struct.unpack(">4s4xII", file.read(16))
        tables[name.decode("latin-1")] = (offset, length, length)
    return tables


def _woff_tables(file: IO[bytes]) -> dict[str, tuple[int, int, int]]:
    file.seek(12)
    (count,) = struct.unpack(">H30x", file.read(32))
    tables = {}
    for _ in range(count):
        name, offset, packed, length = struct.unpack(">4sIII4x", file.read(20))
        tables[name.decode("latin-1")] = (offset, packed, length)
    return tables


def _mapped(cmap: bytes) -> set[int]:
    (count,) = struct.unpack_from(">2xH", cmap)
    found = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * number)
        found[platform, encoding] = offset
    for kind in UNICODE:
        if kind in found:
            table = cmap[found[kind] :]
            (form,) = struct.unpack_from(">H", table)
            if form == 12:
                return _of_groups(table)
            if form == 4:
                return _of_segments(table)
    return set()


def _of_groups(table: bytes) -> set[int]:
    (count,) = struct.unpack_from(">I", table, 12)
    found: set[int] = set()
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", table, 16 + 12 * number)
        if last > 0x10FFFF:
            raise ValueError("no such character")
        found.update(range(first if glyph else first + 1, last + 1))
    return found


def _of_segments(table: bytes) -> set[int]:
    (double,) = struct.unpack_from(">H", table, 6)
    words = double // 2
    ends = struct.unpack_from(f">{words}H", table, 14)
    starts = struct.unpack_from(f">{words}H", table, 16 + double)
    deltas = struct.unpack_from(f">{words}H", table, 16 + 2 * double)
    offsets = struct.unpack_from(f">{words}H", table, 16 + 3 * double)
    found: set[int] = set()
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if not offsets[number]:
            found.update(code for code in range(start, end + 1) if (code + deltas[number]) & 0xFFFF)
            continue
        here = 16 + 3 * double + 2 * number + offsets[number]
        glyphs = struct.unpack_from(f">{end - start + 1}H", table, here)
        found.update(code for code, glyph in enumerate(glyphs, start) if glyph)
    return found - {0xFFFF}
