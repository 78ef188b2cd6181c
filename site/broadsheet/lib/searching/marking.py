"""Where the words that were looked for stand in a text, and the part of it that shows most of them."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.lib.searching.query import Query, Term
from broadsheet.lib.searching.words import MARK, UNEVEN, WORD_GOES_ON, fold

SNIPPET = 230  # characters
LEAD_IN = 60  # characters before the first mark
LOOKED_AT = 50_000  # characters of a text: nobody waits for a word that stands behind them
MOST_SPANS = 400  # of a word

_REST = re.compile(WORD_GOES_ON)
_MARK = re.compile(MARK)


class Piece(NamedTuple):
    text: str
    is_marked: bool = False


class Terms:
    """The terms of a question, ready to be found in folded text."""

    def __init__(self, query: Query) -> None:
        self._patterns = [(re.compile(_pattern(term)), term.open) for term in query.terms]

    def spans(self, folded: str) -> list[tuple[int, int]]:
        """Where they stand, one behind another: at most so many of each."""
        found = [span for pattern in self._patterns for span in _spans(*pattern, folded, MOST_SPANS)]
        apart: list[tuple[int, int]] = []
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if not apart or start >= apart[-1][1]:
                apart.append((start, end))
        return apart

    def starts(self, folded: str, most: int) -> list[list[int]]:
        """Where each of them begins, at most so often."""
        return [[start for start, _end in _spans(*pattern, folded, most)] for pattern in self._patterns]


def marked(text: str, terms: Terms) -> list[Piece]:
    """The whole text, cut where marks begin and end."""
    return _cut(text, 0, len(text), _in_text(text, terms.spans(fold(text))))


def snippet(text: str, terms: Terms, length: int = SNIPPET) -> list[Piece]:
    """The part of the text with most of the words; [] if none of them stands in its beginning."""
    text = text[:LOOKED_AT]
    found = terms.spans(folded := fold(text))
    if not found:
        return []
    spans = _in_text(text, found)
    words = [folded[start:end] for start, end in found]
    start = _word_start(text, max(0, _best(words, spans, length) - LEAD_IN))
    end = len(text) if start + length >= len(text) else text.rfind(" ", start, start + length)
    if end <= start:
        end = _behind_marks(text, start + length)
    within = [span for span in spans if span[0] >= start and span[1] <= end]
    pieces = _cut(text, start, end, within)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return [piece for piece in [Piece(before), *pieces, Piece(after)] if piece.text]


def _in_text(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where they stand in the text that was folded; a letter's marks, of which nothing was left, too."""
    behind: list[int] = []  # places in the folded text, each behind what is not as long as it was
    longer: list[int] = []  # by how much the folded text is longer there
    by = 0
    for one in UNEVEN.finditer(text):
        many = len(fold(one[0]))
        behind.append(one.start() + by + many)
        by += many - 1
        longer.append(by)
    if not behind:
        return spans
    longer.insert(0, 0)
    return [
        (
            _before_marks(text, start - longer[bisect_right(behind, start)]),
            end - longer[bisect_right(behind, end)],
        )
        for start, end in spans
    ]


def _pattern(term: Term) -> str:
    """Begins with letters, which `re` finds as fast as memory is read. That a word begins there, and where an
    open one ends, is looked at afterwards: from within a long word each place would read on to its end."""
    end = "" if term.open else rf"(?![^\W_]|{MARK})"
    return r"[\W_]+".join(map(re.escape, term.words)) + end


def _spans(pattern: re.Pattern[str], is_open: bool, folded: str, most: int) -> Iterator[tuple[int, int]]:
    at, found = 0, 0
    while found < most and (match := pattern.search(folded, at)):
        start, at = match.span()
        if start and (folded[start - 1].isalnum() or _MARK.match(folded, start - 1)):
            at = start + 1
            continue
        if is_open and (rest := _REST.match(folded, at)):
            at = rest.end()
        found += 1
        yield start, at


def _best(words: list[str], spans: list[tuple[int, int]], length: int) -> int:
    """Where the first mark stands of the window with the most different words, then the most words."""
    within: Counter[str] = Counter()
    best, most, last = spans[0][0], (0, 0), 0
    for first, (start, _end) in enumerate(spans):
        while last < len(spans) and spans[last][0] < start + length - LEAD_IN - 20:
            within[words[last]] += 1
            last += 1
        if (found := (len(within), last - first)) > most:
            best, most = start, found
        within[words[first]] -= 1
        if not within[words[first]]:
            del within[words[first]]
    return best


def _word_start(text: str, at: int) -> int:
    """The next beginning of a word; where there are no spaces, this very place."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + LEAD_IN // 2)
    return _behind_marks(text, at) if space < 0 else space + 1


def _behind_marks(text: str, at: int) -> int:
    """No letter is cut from what belongs to it."""
    while at < len(text) and _MARK.match(text, at):
        at += 1
    return at


def _before_marks(text: str, at: int) -> int:
    """What begins with a mark, begins with the letter of which nothing was left."""
    while at and _MARK.match(text, at) and text[at - 1].isalnum():
        at -= 1
    return at


def _cut(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], start
    for one, two in spans:
        pieces += [Piece(text[at:one]), Piece(text[one:two], True)]
        at = two
    return [piece for piece in [*pieces, Piece(text[at:end])] if piece.text]
