"""Where the words that were looked for stand in a text, and the part of it that shows most of them."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.lib.searching.query import Query, Term
from broadsheet.lib.searching.words import fold

SNIPPET = 230  # characters
LEAD_IN = 60  # characters before the first mark


class Piece(NamedTuple):
    text: str
    is_marked: bool = False


class Terms:
    """The terms of a question, ready to be found in folded text."""

    def __init__(self, query: Query) -> None:
        self.patterns = [re.compile(_pattern(term)) for term in query.terms]
        self._any = re.compile("|".join(map(_pattern, query.terms))) if query.terms else None

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        if self._any is not None:
            yield from (match.span() for match in self._any.finditer(folded))

    def counts(self, folded: str) -> list[int]:
        """How often each of them stands there."""
        return [len(pattern.findall(folded)) for pattern in self.patterns]


def marked(text: str, terms: Terms) -> list[Piece]:
    """The whole text, cut where marks begin and end."""
    return _cut(text, 0, len(text), list(terms.spans(fold(text))))


def snippet(text: str, terms: Terms, length: int = SNIPPET) -> list[Piece]:
    """The part of the text with most of the words; [] if none of them stands in it."""
    spans = list(terms.spans(folded := fold(text)))
    if not spans:
        return []
    start = _word_start(text, max(0, _best(folded, spans, length) - LEAD_IN))
    end = len(text) if start + length >= len(text) else text.rfind(" ", start, start + length)
    if end <= start:
        end = start + length
    within = [span for span in spans if span[0] >= start and span[1] <= end]
    pieces = _cut(text, start, end, within)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return [piece for piece in [Piece(before), *pieces, Piece(after)] if piece.text]


def _pattern(term: Term) -> str:
    end = r"[^\W_]*" if term.open else r"(?![^\W_])"
    return r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, term.words)) + end


def _best(folded: str, spans: list[tuple[int, int]], length: int) -> int:
    """Where the first mark stands of the window with the most different words, then the most words."""
    starts = [start for start, _end in spans[:400]]
    best, most = starts[0], (0, 0)
    for first, start in enumerate(starts):
        last = bisect_left(starts, start + length - LEAD_IN - 20)
        within = [folded[one:two] for one, two in spans[first:last]]
        if (found := (len(set(within)), len(within))) > most:
            best, most = start, found
    return best


def _word_start(text: str, at: int) -> int:
    """The next beginning of a word; where there are no spaces, this very place."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + LEAD_IN // 2)
    return at if space < 0 else space + 1


def _cut(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], start
    for one, two in spans:
        pieces += [Piece(text[at:one]), Piece(text[one:two], True)]
        at = two
    return [piece for piece in [*pieces, Piece(text[at:end])] if piece.text]
