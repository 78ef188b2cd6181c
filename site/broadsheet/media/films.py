"""MP4 and WebM: how large and how long they are, and an MP4 without the place where it was filmed.

Nothing is decoded here; a browser does that, in a sandbox of its own.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MOST_BOXES = 10_000
DEEPEST = 20  # boxes in boxes; a film needs five
LARGEST = 100_000  # pixels of a side
LONGEST = 10**9  # seconds
LARGEST_HEADER = 64_000_000  # of a film of many hours


@dataclass
class Film:
    """What is known of it; `width` and `height` in CSS pixels, None without a picture track."""

    width: int | None = None
    height: int | None = None
    seconds: float | None = None


class Damaged(ValueError):
    pass


# -- MP4 (ISO/IEC 14496-12): boxes in boxes, each with its size and a type of four letters

_WITHIN = (b"moov", b"trak", b"mdia", b"edts")
# Notes of the camera: place, model, owner (`udta`, `meta`), and XMP (`uuid`). Each becomes a box of free
# space of the same size, so that nothing else in the file moves.
_NOTES = (b"udta", b"meta", b"uuid")


def read_mp4(path: Path) -> Film:
    """Measures the film and blots out the camera's notes. Raises Damaged."""
    film = Film()
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        seen: set[bytes] = set()
        for kind, start, stop in _boxes(file, 0, end):
            seen.add(kind)
            if kind in _NOTES:
                _blot_out(file, start, stop)
            elif kind == b"mvhd":
                film.seconds = _duration(_payload(file, start, stop))
            elif kind == b"tkhd":
                width, height = _size(_payload(file, start, stop))
                if width and height and width * height > (film.width or 0) * (film.height or 0):
                    film.width, film.height = width, height
        if b"moov" not in seen:
            raise Damaged("no moov box")
    return film


def _boxes(
    file: IO[bytes], start: int, end: int, budget: list[int] | None = None, depth: int = 0
) -> Iterator[tuple[bytes, int, int]]:
    """Each box as its kind, where it begins (header included) and where it ends; those within it follow."""
    budget = budget if budget is not None else [MOST_BOXES]
    while start < end:
        budget[0] -= 1
        file.seek(start)
        head = file.read(8)
        if len(head) < 8 or budget[0] < 0 or depth > DEEPEST:
            raise Damaged("cut off")
        size, kind, header = int.from_bytes(head[:4]), head[4:], 8
        if size == 1:
            size, header = int.from_bytes(file.read(8)), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            raise Damaged("a box is larger than what it stands in")
        yield kind, start, start + size
        if kind in _WITHIN:
            yield from _boxes(file, start + header, start + size, budget, depth + 1)
        start += size


def _payload(file: IO[bytes], start: int, stop: int) -> bytes:
    file.seek(start + 8)
    return file.read(min(stop - start - 8, 200))


def _blot_out(file: IO[bytes], start: int, stop: int) -> None:
    if stop - start > LARGEST_HEADER:
        raise Damaged("a box of notes is too large")
    file.seek(start)
    header = 16 if int.from_bytes(file.read(4)) == 1 else 8
    file.seek(start + 4)
    file.write(b"free")
    file.seek(start + header)
    file.write(bytes(stop - start - header))


def _duration(payload: bytes) -> float | None:
    wide = payload[:1] == b"\x01"
    at = 20 if wide else 12
    scale = int.from_bytes(payload[at : at + 4])
    length = int.from_bytes(payload[at + 4 : at + (12 if wide else 8)])
    return length / scale if scale and length < 1 << 40 else None


def _size(payload: bytes) -> tuple[int, int]:
    """Of a track, as it is shown: 16.16 fixed point at its end, turned if its matrix turns it."""
    at = 88 if payload[:1] == b"\x01" else 76
    width, height = int.from_bytes(payload[at : at + 2]), int.from_bytes(payload[at + 4 : at + 6])
    matrix = payload[at - 36 : at]
    turned = len(matrix) == 36 and not any(matrix[:4]) and any(matrix[4:8])  # a telephone held upright
    return (height, width) if turned else (width, height)


# -- WebM (RFC 8794, RFC 9559): elements in elements, each with an id and a size of variable length

_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_SCALE, _DURATION, _WIDTH, _HEIGHT, _CLUSTER = 0x2AD7B1, 0x4489, 0xB0, 0xBA, 0x1F43B675
_MASTERS = (_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO)


def read_webm(path: Path) -> Film:
    """Measures the film. Raises Damaged."""
    film, scale, duration = Film(), 1_000_000, 0.0
    with path.open("rb") as file:
        end = file.seek(0, 2)
        found = False
        for id, start, stop in _elements(file, 0, end, [MOST_BOXES]):
            found = found or id == _TRACKS
            if id in (_SCALE, _WIDTH, _HEIGHT, _DURATION):
                file.seek(start)
                value = file.read(min(stop - start, 8))
                if id == _SCALE:
                    scale = int.from_bytes(value)
                elif id == _WIDTH:
                    film.width = max(film.width or 0, int.from_bytes(value))
                elif id == _HEIGHT:
                    film.height = max(film.height or 0, int.from_bytes(value))
                else:
                    duration = _real(value)
        if not found:
            raise Damaged("no tracks")
    if max(film.width or 0, film.height or 0) > LARGEST:
        raise Damaged("a picture of that size is none")
    seconds = duration * scale / 1e9
    film.seconds = seconds if 0 < seconds < LONGEST else None  # nor what is no number
    return film


def _elements(
    file: IO[bytes], start: int, end: int, budget: list[int], depth: int = 0
) -> Iterator[tuple[int, int, int]]:
    while start < end:
        budget[0] -= 1
        if budget[0] < 0 or depth > DEEPEST:
            raise Damaged("too many elements")
        file.seek(start)
        head = file.read(12)
        id, length = _number(head, keep_marker=True)
        size, more = _number(head[length:], keep_marker=False)
        start += length + more
        unknown = size == (1 << 7 * more) - 1
        stop = end if unknown else start + size
        if stop > end and id != _SEGMENT and id != _CLUSTER:
            raise Damaged("an element is larger than what it stands in")
        stop = min(stop, end)
        if id == _CLUSTER:  # from here on there are pictures and sound only
            return
        yield id, start, stop
        if id in _MASTERS:
            yield from _elements(file, start, stop, budget, depth + 1)
        start = stop


def _number(head: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length, and how many bytes it takes."""
    if not head or not head[0]:
        raise Damaged("cut off")
    length = 9 - head[0].bit_length()
    if len(head) < length:
        raise Damaged("cut off")
    value = int.from_bytes(head[:length])
    return value if keep_marker else value & ((1 << 7 * length) - 1), length


def _real(value: bytes) -> float:
    return float(struct.unpack(">f" if len(value) == 4 else ">d", value)[0]) if len(value) in (4, 8) else 0.0
