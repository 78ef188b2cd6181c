"""What each database has for full text, behind one face. The tables are made by migrations 0003 and 0005;
MariaDB's is in mariadb.py.

A question is asked in the words as they were typed, which go the way that the words of the index went: so
each is found as it is written, in any script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    union_all,
)

from broadsheet.extensions import db
from broadsheet.lib.searching import Query, Term, as_indexed, written_words
from broadsheet.models import PostTag, SearchText, Tag
from broadsheet.models.base import postgresql


@dataclass(frozen=True)
class Question:
    """`end` is the first place that is too new, `start` the last that is not too old, if any is."""

    query: Query
    tags: Sequence[Tag]
    end: int
    start: int | None = None
    in_titles: bool = False

    def bound(self, places: Select[Any], place: SQLColumnExpression[int]) -> Select[Any]:
        bounded = places.where(place < self.end)
        return bounded if self.start is None else bounded.where(place >= self.start)


class Newest(NamedTuple):
    """Places, the newest first. Nothing older than `looked_to` was looked at; all was, if it is None."""

    places: list[int]
    looked_to: int | None


class Index(Protocol):
    # Whether of a frequent word it finds at once what has the word itself, but not what may go on.
    EXACT_FIRST: bool

    def newest(self, question: Question, many: int) -> Newest:
        """What has all the words of the question, in its title or anywhere, its authors and these tags. What
        is not published any more may be among it."""


def index() -> Index:
    if db.engine.dialect.name == "mariadb":
        from broadsheet.search.mariadb import MariaDB  # another site does not load it

        return MariaDB()
    return PostgreSQL() if db.engine.dialect.name == "postgresql" else SQLite()


class SQLite:
    """FTS5 (sqlite.org/fts5.html). It gives what it finds in the order of `rowid`, one by one: the last of
    many are there at once."""

    EXACT_FIRST = True
    ANYWHERE = "{title summary names tags body}"

    def newest(self, question: Question, many: int) -> Newest:
        found = self.places(question)
        place = found.selected_columns[0]
        newest = question.bound(found, place).order_by(place.desc()).limit(many)
        return _newest(list(db.session.scalars(newest)), many)

    def places(self, question: Question) -> Select[Any]:
        if not (match := self.match(question.query, question.tags, in_titles=question.in_titles)):
            return select(SearchText.place).where(SearchText.shown)
        name = "search_titles" if question.in_titles or not question.query.terms else "search_words"
        words = table(name, column("rowid", Integer))
        return select(words.c.rowid.label("place")).where(
            text(f"{name} MATCH :match").bindparams(match=match)
        )

    def match(self, query: Query, tags: Sequence[Tag], *, in_titles: bool) -> str:
        """Only letters and digits get between the quotation marks, so nothing in it is ever an operator."""
        parts = [f"names : {quoted(written_words(name))}" for name in query.authors]
        parts += [f"keys : t{tag.id}" for tag in tags]
        if query.terms:
            terms = [quoted(term.written) + (" *" if may_go_on(term) else "") for term in query.terms]
            parts.append(f"{'title' if in_titles else self.ANYWHERE} : ({' AND '.join(terms)})")
        return " AND ".join(parts)


def quoted(words: Sequence[str]) -> str:
    return f'"{as_indexed(" ".join(words))}"'


class Walking:
    """For an index that gives its finds in no order: what stands in many posts is found by walking through
    the newest, and what stands in few by the index."""

    EXACT_FIRST = False

    # Posts. To look at one without the index takes some 6 µs, as its words are unpacked.
    NEAR = 300
    FAR = 2_000
    FEW = 2_000

    def newest(self, question: Question, many: int) -> Newest:
        query = question.query
        if not (query.terms or query.authors or question.tags):
            return _newest(self._walk(question, many, self.FAR), many)
        near = self._walk(question, many, self.NEAR)
        if len(near) == many:
            return Newest(near, near[-1])
        # Of what stands in every thirtieth, the next walk finds enough.
        if len(near) < self.NEAR / 30 and (few := self._few(question, many)) is not None:
            return _newest(few, many)
        far = self._walk(question, many, self.FAR)
        return Newest(far, far[-1] if len(far) == many else self.end_of_walk(question, self.FAR))

    def _walk(self, question: Question, many: int, posts: int) -> list[int]:
        """Those of so many of the newest posts."""
        raise NotImplementedError

    def _few(self, question: Question, many: int) -> list[int] | None:
        """The newest of all there are; None if those are more than a few."""
        raise NotImplementedError

    def end_of_walk(self, question: Question, posts: int) -> int | None:
        last = (
            self.in_order(question, select(SearchText.place).where(SearchText.shown))
            .offset(posts - 1)
            .limit(1)
        )
        return db.session.scalar(last)

    def in_order(self, question: Question, places: Select[Any]) -> Select[Any]:
        bounded = question.bound(places, SearchText.place)
        return bounded.order_by(SearchText.place.desc())


class PostgreSQL(Walking):
    """tsvector with GIN, which knows no phrase. The planner, left alone, walks through all posts for two
    frequent words that never meet."""

    def __init__(self) -> None:
        self.words: ColumnElement[Any] = literal_column("search_texts.search_words", postgresql.TSVECTOR)
        self.title_words: ColumnElement[Any] = literal_column(
            "search_texts.search_title_words", postgresql.TSVECTOR
        )

    def _walk(self, question: Question, many: int, posts: int) -> list[int]:
        newest = self.in_order(question, self._texts()).limit(posts).subquery()
        found = select(newest.c.place).where(
            *self._matches(question, newest.c.words, newest.c.title_words),
            *tagged(newest.c.post_id, question.tags),
        )
        return list(db.session.scalars(found.order_by(newest.c.place.desc()).limit(many)))

    def _texts(self) -> Select[Any]:
        words = self.words.label("words"), self.title_words.label("title_words")
        return select(SearchText.place, SearchText.post_id, *words).where(SearchText.shown)

    def _few(self, question: Question, many: int) -> list[int] | None:
        """The index knows only which words are there, so how they follow one another is asked of those that
        have them all."""
        # A sum, or the planner might take the order of places for a way as well.
        having = question.bound(select(SearchText.place).where(SearchText.shown), SearchText.place + 0)
        having = having.where(*self._have_all(question), *tagged(SearchText.post_id, question.tags))
        few = having.limit(self.FEW + 1).cte("few")
        count = select(func.count()).select_from(few).scalar_subquery()
        # In order before they are asked one by one: so the asking ends with enough of them.
        newest = select(few.c.place).where(count <= self.FEW).order_by(few.c.place.desc()).subquery()
        found = select(newest.c.place).order_by(newest.c.place.desc()).limit(many)
        if question.query.authors or any(len(term.words) > 1 for term in question.query.terms):
            matches = self._matches(question, self.words, self.title_words)
            same = select(SearchText.place).where(SearchText.place == newest.c.place, *matches)
            found = found.where(same.exists())
        answer = union_all(
            select(found.subquery().c.place), select(literal(None, BigInteger)).where(count > self.FEW)
        )
        # For this transaction, the planner does not take for granted that a walk through the table ends soon.
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        places = list(db.session.scalars(answer))
        return None if None in places else sorted(places, reverse=True)

    def _matches(
        self, question: Question, words: ColumnElement[Any], title_words: ColumnElement[Any]
    ) -> list[ColumnElement[bool]]:
        conditions = [
            self.have(words, self.phrase(written_words(name), ":C")) for name in question.query.authors
        ]
        if question.query.terms:
            where = title_words if question.in_titles else words
            conditions.append(self.have(where, self.match(question.query)))
        return conditions

    def _have_all(self, question: Question) -> list[ColumnElement[bool]]:
        """What the index can tell of it."""
        names = [self.phrase([word], "") for name in question.query.authors for word in written_words(name)]
        words = [
            self.phrase([word], "", open=may_go_on(term) and place == len(term.words))
            for term in question.query.terms
            for place, word in enumerate(term.written, 1)
        ]
        asked = ((self.words, names), (self.title_words if question.in_titles else self.words, words))
        return [self.have(where, " & ".join(each)) for where, each in asked if each]

    def match(self, query: Query) -> str:
        """Within quotation marks, and of letters and digits only."""
        return " & ".join(self.phrase(term.written, "", open=may_go_on(term)) for term in query.terms)

    @staticmethod
    def have(words: ColumnElement[Any], match: str) -> ColumnElement[bool]:
        return words.op("@@", is_comparison=True)(func.to_tsquery("simple", func.search_folded(match)))

    @staticmethod
    def phrase(words: Sequence[str], where: str, *, open: bool = False) -> str:
        lexemes = [f"'{word}'{where}" for word in words]
        return f"({' <-> '.join(lexemes)}{':*' if open else ''})"


def _newest(places: list[int], many: int) -> Newest:
    return Newest(places[:many], places[many - 1] if len(places) >= many else None)


def tagged(post_id: SQLColumnExpression[int], tags: Sequence[Tag]) -> list[ColumnElement[bool]]:
    return [
        select(PostTag.post_id).where(PostTag.post_id == post_id, PostTag.tag_id == tag.id).exists()
        for tag in tags
    ]


def may_go_on(term: Term) -> bool:
    """One letter begins thousands of words; in Chinese or Japanese it may be one."""
    last = term.words[-1]
    return term.open and (len(last) > 1 or last > "\u2e7f")
