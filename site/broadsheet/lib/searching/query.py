"""From what somebody typed to what is looked for.

    rust "memory safety" tag:news author:"Ann Author" before:2024 after:2020-05 edit*

All words are to be there; the last one may go on, as may one with a star. Quotation marks hold words
together. `before:` and `after:` take a year, a month or a day: before it begins, from its beginning on. No
text is an error: what makes no sense is told in `problems`, and what remains is looked for. A comma is a
space, but within a number.
"""

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from broadsheet.lib.searching.words import fold, words_of, written_words

LONGEST = 200  # characters
MOST_TERMS = 10  # each is one more list that the database walks through
MOST_NAMES = 3  # of tags, and of authors

_QUOTED = '["“”„«»]'
_PIECE = re.compile(
    rf"(?:(?P<filter>tag|author|before|after)[:：])?"
    rf"(?:{_QUOTED}(?P<phrase>.*?)(?:{_QUOTED}|$)|(?P<word>(?:[^\s,،、，\"“”„«»]|(?<=\d),(?=\d))+))",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY_FILTER = re.compile(r"(tag|author|before|after)[:：]$", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow one another, folded; with `open`, the last of them may go on. `quoted` ones are meant
    as they stand. `written` are the same as they were typed, which the database itself folds."""

    words: tuple[str, ...]
    open: bool = False
    quoted: bool = False
    written: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if len(self.written) != len(self.words):
            object.__setattr__(self, "written", self.words)


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
        terms = []
        for term in self.terms:
            both = [
                (instead.get(word, word), instead.get(word, as_written))
                for word, as_written in zip(term.words, term.written, strict=True)
            ]
            if kept := [pair for pair in both if pair[0]]:
                words, written = zip(*kept, strict=True)
                terms.append(replace(term, words=words, written=written))
        return replace(self, terms=tuple(terms))


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
        elif written := tuple(written_words(value)):
            quoted = piece["phrase"] is not None
            terms.append(Term(tuple(map(fold, written)), value.endswith("*") and not quoted, quoted, written))
    # Only what is still being typed may go on: `on` shall not find `only` in the middle of a question.
    if terms and piece["phrase"] is None and not piece["filter"]:
        terms[-1] = replace(terms[-1], open=not terms[-1].quoted)
    if len(terms) > MOST_TERMS:
        del terms[MOST_TERMS:]
        problems.append(Problem("length"))
    tags, authors = list(dict.fromkeys(tags)), list(dict.fromkeys(authors))
    for names in (tags, authors):
        if len(names) > MOST_NAMES:
            del names[MOST_NAMES:]
            problems.append(Problem("length"))
    return Query(
        tuple(dict.fromkeys(terms)),
        tuple(tags),
        tuple(authors),
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
