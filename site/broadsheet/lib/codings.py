"""Content codings, in which an answer travels shorter, and the tags by which it is known again.

Sources: RFC 9110, sections 8.4.1, 12.5.3 and 13.1.2; RFC 1952 (gzip); RFC 7932 (Brotli).
"""

import gzip
from functools import lru_cache

import brotli

SMALLEST = 500  # bytes: below it nothing is won
GZIP, QUICK_GZIP = 6, 1
BROTLI, QUICK_BROTLI = 5, 2  # smaller than gzip's best, and as fast as its default; in a fifth of the time
BROTLI_WINDOW = 18  # 2**18 bytes, more than any page has

CODINGS = ("br", "gzip")  # the best first
# Characters of a header: whoever sends more wants to keep us busy, and gets the text as it is.
LONGEST = 200
MOST_ETAGS = 4_000


def accepted(header: str) -> tuple[str, ...]:
    """Our codings that an Accept-Encoding header allows, what it likes best first."""
    return _accepted(header) if len(header) <= LONGEST else ()


def best(header: str) -> str:
    """The first of them; empty if a text is to travel as it is."""
    return _best(header) if len(header) <= LONGEST else ""


@lru_cache(maxsize=256)  # browsers send a few; whoever sends many pays for each
def _accepted(header: str) -> tuple[str, ...]:
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        weights[name] = _weight(parameters)
    allowed = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in CODINGS}
    return tuple(
        sorted((coding for coding in CODINGS if allowed[coding] > 0), key=lambda coding: -allowed[coding])
    )


@lru_cache(maxsize=256)
def _best(header: str) -> str:
    return next(iter(_accepted(header)), "")


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def encoded(text: bytes, coding: str, *, once: bool = False) -> bytes:
    """The same in every process, or the same ETag would stand for different bytes. What is sent but `once` is
    to be made quickly."""
    if coding == "br":
        quality = QUICK_BROTLI if once else BROTLI
        return bytes(brotli.compress(text, quality=quality, lgwin=BROTLI_WINDOW))
    if coding == "gzip":
        return gzip.compress(text, QUICK_GZIP if once else GZIP, mtime=0)
    return text


def densest(text: bytes, coding: str) -> bytes:
    """The same, but as small as can be: for what is compressed once and sent for ever."""
    return bytes(brotli.compress(text)) if coding == "br" else gzip.compress(text, mtime=0)


def decoded(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.decompress(body))
    return gzip.decompress(body) if coding == "gzip" else body


def is_known(etag: str, asked: str) -> bool:
    """Whether an If-None-Match header names it; compared weakly."""
    if asked == etag:
        return True
    if len(asked) > MOST_ETAGS:
        return False
    known = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return etag in known or "*" in known
