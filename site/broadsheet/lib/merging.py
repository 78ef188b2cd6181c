"""Two texts that grew from one: brought together, paragraph by paragraph.

A three-way merge (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007) with paragraphs as its
elements. What one side changed and the other left alone is taken over; what both changed in the same way,
once. What they changed in different ways is a conflict, for a person to decide. Neighbouring paragraphs do
not disturb each other: one person may change a paragraph and another add one behind it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.lib.alignment import edits
from broadsheet.lib.diffing import paired

# A paragraph with the empty lines behind it, so that the parts of a text make up the text.
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+(?:[^\S\n]*\n)*|(?:[^\S\n]*\n)+")
MOST_PAIRED = 500  # paragraphs in one stretch; of more, nobody asks which became which
_END = "\n\n"  # behind the last paragraph as behind each other, while they are compared


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the three texts. `merged` is what it comes to; None where the two contradict each
    other."""

    ancestor: str
    mine: str
    theirs: str
    merged: str | None

    @property
    def is_conflict(self) -> bool:
        return self.merged is None

    @property
    def is_theirs(self) -> bool:
        """Whether it came from the other side alone."""
        return self.merged is not None and self.mine == self.ancestor != self.theirs


@dataclass(frozen=True, slots=True)
class Merge:
    pieces: tuple[Piece, ...]

    @property
    def is_clean(self) -> bool:
        return not any(piece.is_conflict for piece in self.pieces)

    @property
    def text(self) -> str:
        """What both sides come to; where they contradict each other, mine and then theirs."""
        return self.settled([True] * len(self.pieces), [True] * len(self.pieces))

    def settled(self, mine: Sequence[bool], theirs: Sequence[bool]) -> str:
        """The text if of each conflict (by the number of its piece) mine, theirs, both or neither is
        taken."""
        parts = []
        for number, piece in enumerate(self.pieces):
            if piece.merged is not None:
                parts.append(piece.merged)
            else:
                parts.append((piece.mine if mine[number] else "") + (piece.theirs if theirs[number] else ""))
        return "".join(parts).removesuffix(_END)


def merge(ancestor: str, mine: str, theirs: str) -> Merge:
    """Symmetric but for the order in which a conflict is told: `merge(a, m, t)` is clean when `merge(a, t,
    m)` is."""
    for one, other in ((mine, theirs), (theirs, mine)):
        if one in (ancestor, other):
            return Merge((Piece(ancestor + _END, mine + _END, theirs + _END, other + _END),))
    old, left, right = paragraphs(ancestor), paragraphs(mine), paragraphs(theirs)
    return Merge(tuple(_pieces(old, _edits(old, left), _edits(old, right))))


def paragraphs(text: str) -> list[str]:
    """Each with the empty lines behind it; together they are the text and an empty line."""
    return _PARAGRAPH.findall(text + _END)


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    replacement: list[str]

    def meets(self, start: int, end: int) -> bool:
        """Whether it changes what lies between, or adds something at the very place where something is
        added."""
        if self.start == self.end:
            return start < self.start < end or start == end == self.start
        return max(self.start, start) < min(self.end, end) or (start == end and self.start < start < self.end)


def _edits(old: list[str], new: list[str]) -> list[_Edit]:
    """What leads from the one to the other, paragraph by paragraph as far as one can be told to have become
    the other: whoever changes two that stand together does not claim both against a change of one."""
    found = []
    for start, end, other_start, other_end in edits(old, new):
        small = max(end - start, other_end - other_start) <= MOST_PAIRED
        pairs = paired(old[start:end], new[other_start:other_end]) if small else []
        at, other_at = start, other_start
        for left, right in pairs:
            if left is not None and right is not None:
                found += _between(new, at, start + left, other_at, other_start + right)
                at, other_at = start + left + 1, other_start + right + 1
                found.append(_Edit(at - 1, at, new[other_at - 1 : other_at]))
        found += _between(new, at, end, other_at, other_end)
    return found


def _between(new: list[str], start: int, end: int, other_start: int, other_end: int) -> list[_Edit]:
    """What has no counterpart: as many as before, one by one; else as a whole."""
    if end - start == other_end - other_start:
        ways = zip(range(start, end), range(other_start, other_end), strict=True)
        return [_Edit(here, here + 1, new[there : there + 1]) for here, there in ways]
    return [_Edit(start, end, new[other_start:other_end])]


def _pieces(old: list[str], mine: list[_Edit], theirs: list[_Edit]) -> list[Piece]:
    pieces, at = [], 0
    mine, theirs = mine[::-1], theirs[::-1]  # the next one is the last
    while mine or theirs:
        first = min((side[-1] for side in (mine, theirs) if side), key=lambda edit: (edit.start, edit.end))
        start, end = first.start, first.end
        my_group: list[_Edit] = []
        their_group: list[_Edit] = []
        grew = True
        while grew:
            grew = False
            for side, group in ((mine, my_group), (theirs, their_group)):
                while side and (side[-1] is first or side[-1].meets(start, end)):
                    group.append(side.pop())
                    start, end = min(start, group[-1].start), max(end, group[-1].end)
                    grew = True
        if at < start:
            pieces.append(_same("".join(old[at:start])))
        pieces.append(_piece(old, start, end, my_group, their_group))
        at = end
    if at < len(old):
        pieces.append(_same("".join(old[at:])))
    return pieces


def _same(text: str) -> Piece:
    return Piece(text, text, text, text)


def _piece(old: list[str], start: int, end: int, mine: list[_Edit], theirs: list[_Edit]) -> Piece:
    ancestor = "".join(old[start:end])
    my_text, their_text = _applied(old, start, end, mine), _applied(old, start, end, theirs)
    if my_text == their_text or not theirs:
        return Piece(ancestor, my_text, their_text, my_text)
    return Piece(ancestor, my_text, their_text, None if mine else their_text)


def _applied(old: list[str], start: int, end: int, changes: list[_Edit]) -> str:
    parts, at = [], start
    for edit in changes:
        parts += [*old[at : edit.start], *edit.replacement]
        at = edit.end
    return "".join([*parts, *old[at:end]])
