"""The encodings in which an answer is sent (RFC 9110, section 8.4.1; RFC 1952; RFC 7932)."""

import gzip
from functools import lru_cache

import brotli

SMALLEST = 500  # bytes: below it nothing is won
GZIP = 6
BROTLI = 5  # smaller than gzip's best, and as fast as its default
BROTLI_WINDOW = 18  # 2**18 bytes, more than any page has

ENCODINGS = ("br", "gzip")  # the best first; "" is the text as it is


@lru_cache(maxsize=256)  # browsers send a few; whoever sends many pays for each
def encoding_for(accepted: str) -> str:
    """The best one that an Accept-Encoding header allows (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        weights[name.strip()] = _weight(parameters)
    allowed = {name: weights.get(name, weights.get("*", 0.0)) for name in ENCODINGS}
    best = max(ENCODINGS, key=lambda name: allowed[name])
    return best if allowed[best] > 0 else ""


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def encoded(text: bytes, encoding: str) -> bytes:
    """The same in every process, or the same ETag would stand for different bytes."""
    if encoding == "br":
        return brotli.compress(text, quality=BROTLI, lgwin=BROTLI_WINDOW)
    if encoding == "gzip":
        return gzip.compress(text, GZIP, mtime=0)
    return text


def decoded(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.decompress(body)
    return gzip.decompress(body) if encoding == "gzip" else body
