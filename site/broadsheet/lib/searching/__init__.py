"""What somebody searches for, and where it stands in a text. Pure: no database is known here."""

from broadsheet.lib.searching.marking import Piece, Terms, marked, snippet
from broadsheet.lib.searching.nearest import nearest
from broadsheet.lib.searching.plain import plain_text
from broadsheet.lib.searching.query import LONGEST, Problem, Query, Term, parse
from broadsheet.lib.searching.words import fold, words_of

__all__ = [
    "LONGEST",
    "Piece",
    "Problem",
    "Query",
    "Term",
    "Terms",
    "fold",
    "marked",
    "nearest",
    "parse",
    "plain_text",
    "snippet",
    "words_of",
]
