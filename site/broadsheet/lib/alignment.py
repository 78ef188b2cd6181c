"""Which parts of two sequences belong together: the ground on which differences and merges stand.

Patience first (Bram Cohen): what occurs once on both sides and in the same order holds the two together;
between such anchors the longest common subsequence decides. Work is bounded: where neither helps and the rest
is large, it counts as replaced."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

# Cells of the tables that one call may fill: some tenths of a second.
MOST_CELLS = 1_000_000


def edits(
    old: Sequence[Hashable], new: Sequence[Hashable], most_cells: int = MOST_CELLS
) -> list[tuple[int, int, int, int]]:
    """What leads from `old` to `new`: (start, end) in the old that become (start, end) in the new, in order.

    Between two edits stands at least one element that stayed.
    """
    found = []
    at, other_at = 0, 0
    for here, there in [*pairs(old, new, most_cells), (len(old), len(new))]:
        if at < here or other_at < there:
            found.append((at, here, other_at, there))
        at, other_at = here + 1, there + 1
    return found


def pairs(
    old: Sequence[Hashable], new: Sequence[Hashable], most_cells: int = MOST_CELLS
) -> list[tuple[int, int]]:
    """The elements that are the same and in the same order, as places in the one and in the other."""
    budget = most_cells
    found: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        start, end, other_start, other_end = waiting.pop()
        while start < end and other_start < other_end and old[start] == new[other_start]:
            found.append((start, other_start))
            start, other_start = start + 1, other_start + 1
        while start < end and other_start < other_end and old[end - 1] == new[other_end - 1]:
            end, other_end = end - 1, other_end - 1
            found.append((end, other_end))
        if start == end or other_start == other_end:
            continue
        anchors = _anchors(old, new, start, end, other_start, other_end)
        if anchors:
            found += anchors
            for here, there in [*anchors, (end, other_end)]:
                waiting.append((start, here, other_start, there))
                start, other_start = here + 1, there + 1
            continue
        cells = (end - start) * (other_end - other_start)
        if cells <= budget:
            budget -= cells
            found += _longest_common(old, new, start, end, other_start, other_end)
    return sorted(found)


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], start: int, end: int, other_start: int, other_end: int
) -> list[tuple[int, int]]:
    counts, other_counts = Counter(old[start:end]), Counter(new[other_start:other_end])
    places = {new[there]: there for there in range(other_start, other_end) if other_counts[new[there]] == 1}
    both = [
        (here, places[old[here]])
        for here in range(start, end)
        if counts[old[here]] == 1 and old[here] in places
    ]
    return _rising(both)


def _rising(both: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of them that rises on both sides (patience sorting)."""
    tops: list[int] = []
    at_top: list[int] = []
    before: list[int] = []
    for number, (_here, there) in enumerate(both):
        pile = bisect_left(tops, there)
        if pile == len(tops):
            tops.append(there)
            at_top.append(number)
        else:
            tops[pile], at_top[pile] = there, number
        before.append(at_top[pile - 1] if pile else -1)
    return list(_back(both, before, at_top[-1] if at_top else -1))[::-1]


def _back(both: list[tuple[int, int]], before: list[int], number: int) -> Iterator[tuple[int, int]]:
    while number >= 0:
        yield both[number]
        number = before[number]


def _longest_common(
    old: Sequence[Hashable], new: Sequence[Hashable], start: int, end: int, other_start: int, other_end: int
) -> list[tuple[int, int]]:
    width = other_end - other_start
    table = [[0] * (width + 1)]
    for here in range(end - 1, start - 1, -1):
        below, row = table[-1], [0] * (width + 1)
        for column in range(width - 1, -1, -1):
            if old[here] == new[other_start + column]:
                row[column] = below[column + 1] + 1
            else:
                row[column] = max(below[column], row[column + 1])
        table.append(row)
    table.reverse()
    found, here, column = [], 0, 0
    while here < end - start and column < width:
        if old[start + here] == new[other_start + column]:
            found.append((start + here, other_start + column))
            here, column = here + 1, column + 1
        elif table[here + 1][column] >= table[here][column + 1]:
            here += 1
        else:
            column += 1
    return found
