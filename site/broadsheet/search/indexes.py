"""What each database has for full text, behind one face. The tables are made by migration 0003."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Integer, Select, column, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from broadsheet.extensions import db
from broadsheet.lib.searching import Query, Term, words_of
from broadsheet.models import PostTag, SearchText, Tag


class Index(Protocol):
    def places(self, query: Query, tags: Sequence[Tag], *, in_titles: bool) -> Select[Any]:
        """`place` of what has all the words of the question, in its title or anywhere, its authors and these
        tags. Not yet in any order, and what is not published any more may be among it."""


def index() -> Index:
    return PostgreSQL() if db.engine.dialect.name == "postgresql" else SQLite()


class SQLite:
    """FTS5 (sqlite.org/fts5.html). It gives what it finds in the order of `rowid`, one by one: the last of
    many are there at once."""

    ANYWHERE = "{title summary names tags body}"

    def places(self, query: Query, tags: Sequence[Tag], *, in_titles: bool) -> Select[Any]:
        if not (match := self.match(query, tags, in_titles=in_titles)):
            return select(SearchText.place).where(SearchText.shown)
        name = "search_titles" if in_titles or not query.terms else "search_words"
        words = table(name, column("rowid", Integer))
        return select(words.c.rowid.label("place")).where(
            text(f"{name} MATCH :match").bindparams(match=match)
        )

    def match(self, query: Query, tags: Sequence[Tag], *, in_titles: bool) -> str:
        """Only letters and digits get between the quotation marks, so nothing in it is ever an operator."""
        parts = [f"names : {quoted(words_of(name))}" for name in query.authors]
        parts += [f"keys : t{tag.id}" for tag in tags]
        if query.terms:
            terms = [quoted(term.words) + (" *" if may_go_on(term) else "") for term in query.terms]
            parts.append(f"{'title' if in_titles else self.ANYWHERE} : ({' AND '.join(terms)})")
        return " AND ".join(parts)


def quoted(words: Sequence[str]) -> str:
    return f'"{" ".join(words)}"'


class PostgreSQL:
    """tsvector with GIN. Of what is in every post, its planner walks through the newest posts instead."""

    WORDS: ColumnElement[Any] = literal_column("search_texts.search_words", TSVECTOR)
    TITLE_WORDS: ColumnElement[Any] = literal_column("search_texts.search_title_words", TSVECTOR)

    def places(self, query: Query, tags: Sequence[Tag], *, in_titles: bool) -> Select[Any]:
        found = select(SearchText.place).where(SearchText.shown)
        if query.terms:
            found = found.where(self.have(self.TITLE_WORDS if in_titles else self.WORDS, self.match(query)))
        for name in query.authors:
            found = found.where(self.have(self.WORDS, self.phrase(words_of(name), ":C")))
        for tag in tags:
            tagged = select(PostTag.post_id).where(PostTag.tag_id == tag.id)
            found = found.where(SearchText.post_id.in_(tagged))
        return found

    def match(self, query: Query) -> str:
        """Within quotation marks, and of letters and digits only."""
        return " & ".join(self.phrase(term.words, "", open=may_go_on(term)) for term in query.terms)

    @staticmethod
    def have(words: ColumnElement[Any], match: str) -> ColumnElement[bool]:
        return words.op("@@", is_comparison=True)(func.to_tsquery("simple", match))

    @staticmethod
    def phrase(words: Sequence[str], where: str, *, open: bool = False) -> str:
        lexemes = [f"'{word}'{where}" for word in words]
        return f"({' <-> '.join(lexemes)}{':*' if open else ''})"


def may_go_on(term: Term) -> bool:
    """One letter begins thousands of words; in Chinese or Japanese it may be one."""
    last = term.words[-1]
    return term.open and (len(last) > 1 or last > "\u2e7f")
