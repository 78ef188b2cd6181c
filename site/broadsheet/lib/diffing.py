"""What differs between two texts: line by line, and within a line that changed word by word."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from broadsheet.lib.alignment import edits

CONTEXT = 2
# A word, or one sign of a script that puts no spaces between words; white space; any other sign.
_TOKEN = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯]|[^\W぀-ヿ㐀-鿿豈-﫿가-힯]+|\s+|[^\w\s]")
# Cells of the tables for one pair of lines: two of 200 words without anything that occurs once.
MOST_CELLS = 40_000
# From this share of common words on, a line counts as changed, not as replaced.
LEAST_ALIKE = 0.4
LOOK_AHEAD = 8


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a changed line: the same, removed or added."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text; or `count` lines left out because they are the same and far from any change.

    One that changed has its words in `parts`, those of both texts.
    """

    change: Change
    text: str = ""
    count: int = 1
    parts: tuple[Part, ...] = ()


def differences(old: str, new: str, context: int = CONTEXT) -> list[Line]:
    """The lines that lead from `old` to `new`, with `context` unchanged ones around; none if equal."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    at = 0
    changes = edits(before, after)
    for start, end, other_start, other_end in changes:
        lines += [Line(Change.SAME, text) for text in before[at:start]]
        gone, come = before[start:end], after[other_start:other_end]
        for left, right in paired(gone, come):
            lines.append(_line(None if left is None else gone[left], None if right is None else come[right]))
        at = end
    if not changes:
        return []
    lines += [Line(Change.SAME, text) for text in before[at:]]
    return _shortened(lines, context)


def words(old: str, new: str) -> list[Part]:
    """The words that lead from the one text to the other."""
    return parts_of(tokens(old), tokens(new))


def are_alike(one: str, other: str) -> bool:
    """Whether enough words are the same that one can be told to have become the other."""
    return _alike(_said(one), _said(other))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def parts_of(before: Sequence[str], after: Sequence[str]) -> list[Part]:
    found: list[Part] = []
    at = 0
    for start, end, other_start, other_end in _smooth(edits(before, after, MOST_CELLS), before):
        _add(found, Change.SAME, before[at:start])
        _add(found, Change.REMOVED, before[start:end])
        _add(found, Change.ADDED, after[other_start:other_end])
        at = end
    _add(found, Change.SAME, before[at:])
    return found


def paired(
    old: Sequence[str], new: Sequence[str], old_kinds: Sequence[str] = (), new_kinds: Sequence[str] = ()
) -> list[tuple[int | None, int | None]]:
    """What became of what, by their places: each with the next one that is of its kind and says something
    like it; None where it has no counterpart. Between two pairs, what is gone stands before what is new."""
    counts = [_said(text) for text in old]
    pairs: list[tuple[int | None, int | None]] = []
    at, added = 0, 0
    for place, text in enumerate(new):
        said, kind = _said(text), new_kinds[place] if new_kinds else ""
        near = range(at, min(at + LOOK_AHEAD, len(old)))
        of_kind = (one for one in near if not old_kinds or old_kinds[one] == kind)
        like = next((one for one in of_kind if _alike(counts[one], said)), None)
        if like is None:
            continue
        pairs += [(gone, None) for gone in range(at, like)]
        pairs += [(None, one) for one in range(added, place)]
        pairs.append((like, place))
        at, added = like + 1, place + 1
    pairs += [(gone, None) for gone in range(at, len(old))]
    return pairs + [(None, one) for one in range(added, len(new))]


def _said(text: str) -> Counter[str]:
    return Counter(one for one in tokens(text) if one[0].isalnum())


def _alike(one: Counter[str], other: Counter[str]) -> bool:
    total = one.total() + other.total()
    return total > 0 and 2 * (one & other).total() / total >= LEAST_ALIKE


def _line(left: str | None, right: str | None) -> Line:
    if right is None:
        return Line(Change.REMOVED, left or "")
    if left is None:
        return Line(Change.ADDED, right)
    return Line(Change.CHANGED, right, parts=tuple(words(left, right)))


def _smooth(found: list[tuple[int, int, int, int]], before: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Joins changes between which only white space stayed: they read as one."""
    smooth: list[tuple[int, int, int, int]] = []
    for start, end, other_start, other_end in found:
        if smooth and all(token.isspace() for token in before[smooth[-1][1] : start]):
            last = smooth[-1]
            smooth[-1] = (last[0], end, last[2], other_end)
        else:
            smooth.append((start, end, other_start, other_end))
    return smooth


def _add(found: list[Part], change: Change, some: Sequence[str]) -> None:
    if text := "".join(some):
        found.append(Part(change, text))


def _shortened(lines: list[Line], context: int) -> list[Line]:
    changed = [index for index, line in enumerate(lines) if line.change != Change.SAME]
    kept = {near for index in changed for near in range(index - context, index + context + 1)}
    short: list[Line] = []
    for index, line in enumerate(lines):
        if index in kept:
            short.append(line)
        elif short and short[-1].change == Change.LEFT_OUT:
            short[-1] = Line(Change.LEFT_OUT, count=short[-1].count + 1)
        else:
            short.append(Line(Change.LEFT_OUT))
    return short
