"""One line of an examination."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    GOOD = "good"
    NOTED = "noted"  # it may be meant so
    BAD = "bad"


class Finding(NamedTuple):
    what: str
    state: State
    words: str
    cure: str = ""


def good(what: str, words: str) -> Finding:
    return Finding(what, State.GOOD, words)


def noted(what: str, words: str, cure: str = "") -> Finding:
    return Finding(what, State.NOTED, words, cure)


def bad(what: str, words: str, cure: str) -> Finding:
    return Finding(what, State.BAD, words, cure)


def some(names: list[str], most: int = 3) -> str:
    """As in: a, b, c and 4 more."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def megabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def duration(span: timedelta) -> str:
    """In the largest unit of which there are at least two."""
    minutes = int(span.total_seconds() / 60)
    for unit, name in ((24 * 60, "days"), (60, "hours")):
        if minutes >= 2 * unit:
            return f"{minutes // unit} {name}"
    return f"{minutes} minutes"
