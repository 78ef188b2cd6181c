"""From what somebody typed to what is looked for.

    rust "memory safety" tag:news author:"Ann Author" before:2024 after:2020-05 edit*

All words are to be there; the last one may go on, as may one with a star. Quotation marks hold words
together. `before:` and `after:` take a year, a month or a day: before it begins, from its beginning on. No
text is an error: what makes no sense is told in `problems`, and what remains is looked for.
"""

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from broadsheet.lib.searching.words import words_of

LONGEST = 200  # characters
MOST_TERMS = 10  # each is one more list that the database walks through

_QUOTED = '["“”„«»]'
_PIECE = re.compile(
    rf"(?:(?P<filter>tag|author|before|after)[:：])?"
    rf"(?:{_QUOTED}(?P<phrase>.*?)(?:{_QUOTED}|$)|(?P<word>[^\s\"“”„«»]+))",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY_FILTER = re.compile(r"(tag|author|before|after)[:：]$", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow one another; with `open`, the last of them may go on. `quoted` ones are meant as they
    stand."""

    words: tuple[str, ...]
    open: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A filter (`tag`, `author`, `before`, `after`) with a value that says nothing; or `length`."""

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    terms: tuple[Term, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        """As one may type it."""
        parts = [_quoted(" ".join(term.words), term.quoted) for term in self.terms]
        parts += [f"tag:{_quoted(name)}" for name in self.tags]
        parts += [f"author:{_quoted(name)}" for name in self.authors]
        parts += [f"{name}:{day}" for name, day in (("before", self.before), ("after", self.after)) if day]
        return " ".join(parts)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.tags or self.authors or self.before or self.after)

    @property
    def words(self) -> list[str]:
        return [word for term in self.terms for word in term.words]

    def opened(self) -> "Query":
        """The same, where every word may go on that stands in no quotation marks."""
        return replace(self, terms=tuple(replace(term, open=not term.quoted) for term in self.terms))

    def with_words(self, instead: dict[str, str]) -> "Query":
        """The same with other words; those in whose place there is "" are left out."""
        terms = (
            replace(term, words=tuple(filter(None, (instead.get(word, word) for word in term.words))))
            for term in self.terms
        )
        return replace(self, terms=tuple(term for term in terms if term.words))


def parse(text: str) -> Query:
    problems: list[Problem] = []
    if len(text) > LONGEST:
        text = text[:LONGEST]
        problems.append(Problem("length"))
    terms: list[Term] = []
    tags: list[str] = []
    authors: list[str] = []
    dates: dict[str, dt.date] = {}
    for piece in _PIECE.finditer(text):
        kind = (piece["filter"] or "").lower()
        value = piece["word"] if piece["phrase"] is None else piece["phrase"]
        if not kind and (empty := _EMPTY_FILTER.match(value)):
            problems.append(Problem(empty[1].lower()))
        elif kind in ("before", "after"):
            if (date := _date(value)) is None:
                problems.append(Problem(kind, value))
            else:
                nearest = min if kind == "before" else max
                dates[kind] = nearest(dates.get(kind, date), date)
        elif kind:
            if words_of(value):
                (tags if kind == "tag" else authors).append(value.strip())
            else:
                problems.append(Problem(kind, value))
        elif words := tuple(words_of(value)):
            terms.append(
                Term(words, value.endswith("*") and piece["phrase"] is None, piece["phrase"] is not None)
            )
    # Only what is still being typed may go on: `on` shall not find `only` in the middle of a question.
    if terms and piece["phrase"] is None and not piece["filter"]:
        terms[-1] = replace(terms[-1], open=not terms[-1].quoted)
    if len(terms) > MOST_TERMS:
        del terms[MOST_TERMS:]
        problems.append(Problem("length"))
    return Query(
        tuple(dict.fromkeys(terms)),
        tuple(dict.fromkeys(tags[:3])),
        tuple(dict.fromkeys(authors[:3])),
        dates.get("before"),
        dates.get("after"),
        tuple(dict.fromkeys(problems)),
    )


def _quoted(text: str, always: bool = False) -> str:
    return f'"{text}"' if always or not text.isalnum() else text


def _date(value: str) -> dt.date | None:
    match = _DATE.fullmatch(value.strip())
    try:
        return match and dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
