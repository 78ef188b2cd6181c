"""What differs between two texts, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 2


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text, or `count` lines left out because they are the same and far from any change."""

    change: Change
    text: str = ""
    count: int = 1


def differences(old: str, new: str, context: int = CONTEXT) -> list[Line]:
    """The lines that lead from `old` to `new`, with `context` unchanged ones around; none if equal."""
    before, after = old.splitlines(), new.splitlines()
    # What is the same at both ends is most of a long text and needs no search.
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    inner_before, inner_after = before[head : len(before) - tail], after[head : len(after) - tail]
    if not inner_before and not inner_after:
        return []
    lines = [Line(Change.SAME, text) for text in before[:head]]
    for tag, start, end, other_start, other_end in SequenceMatcher(
        None, inner_before, inner_after
    ).get_opcodes():
        if tag == "equal":
            lines += [Line(Change.SAME, text) for text in inner_before[start:end]]
        else:
            lines += [Line(Change.REMOVED, text) for text in inner_before[start:end]]
            lines += [Line(Change.ADDED, text) for text in inner_after[other_start:other_end]]
    lines += [Line(Change.SAME, text) for text in before[len(before) - tail :]]
    return _shortened(lines, context)


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


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
