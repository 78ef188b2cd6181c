"""What somebody searches for, and where it stands in a text. Pure: no database is known here."""

from broadsheet.lib.searching.marking import LOOKED_AT, Piece, Terms, marked, snippet
from broadsheet.lib.searching.nearest import nearest
from broadsheet.lib.searching.plain import plain_text
from broadsheet.lib.searching.query import LONGEST, Problem, Query, Term, parse
from broadsheet.lib.searching.words import (
    BEFORE_WORD,
    as_indexed,
    between_spaces,
    fold,
    words_of,
    written_words,
)

__all__ = [
    "BEFORE_WORD",
    "LONGEST",
    "LOOKED_AT",
    "Piece",
    "Problem",
    "Query",
    "Term",
    "Terms",
    "as_indexed",
    "between_spaces",
    "fold",
    "marked",
    "nearest",
    "parse",
    "plain_text",
    "snippet",
    "words_of",
    "written_words",
]
