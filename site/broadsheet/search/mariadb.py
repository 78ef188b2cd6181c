"""Full text on MariaDB: FULLTEXT of InnoDB behind the face of indexes.py."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal_column, or_, select

from broadsheet.extensions import db
from broadsheet.lib.searching import BEFORE_WORD, between_spaces, written_words
from broadsheet.models import SearchText
from broadsheet.models.base import mysql
from broadsheet.search.indexes import Question, Walking, may_go_on, tagged

# What the tokenizer, which is of Unicode 5, takes for a letter, a digit or a mark of a word.
KNOWN = re.compile(
    r"[0-9a-z"
    r"\u0080-\u02eb\u02ed-\u036f\u0380-\u03ce\u03d0-\u0486\u0488-\u0513\u0530-\u055f\u0561-\u0587"
    r"\u0589-\u05ee\u05f0-\u0615\u0621-\u063a\u0640-\u065e\u0660-\u076d\u0780-\u07fc\u0901-\u0939"
    r"\u093c-\u094d\u0950-\u0954\u0958-\u0970\u097b-\u097f\u0981-\u09fb\u09ff-\u0a50\u0a52-\u0a74"
    r"\u0a76-\u0af8\u0b00-\u0b43\u0b45-\u0b54\u0b56-\u0b61\u0b64-\u0b71\u0b78-\u0bcf\u0bd1-\u0bff"
    r"\u0c05-\u0c33\u0c35-\u0c3b\u0c3e-\u0c57\u0c64-\u0c77\u0c82-\u0cdc\u0cde-\u0cf0\u0d05-\u0d28"
    r"\u0d2a-\u0d39\u0d3e-\u0d43\u0d45-\u0d4d\u0d64-\u0d6f\u0d82-\u0de5\u0df0-\u0e85\u0e99-\u0e9f"
    r"\u0ea1-\u0ea7\u0ead-\u0eb9\u0ebb-\u0edd\u0ee0-\u0f6a\u0f6d-\u0f8b\u0f90-\u1021\u1023-\u1027"
    r"\u102c-\u1032\u1040-\u1059\u109e-\u10c6\u10ce-\u10fc\u1100-\u1159\u115f-\u11a2\u11a8-\u11f9"
    r"\u1200-\u135c\u135f-\u13f4\u13fe-\u1676\u1680-\u16f0\u16f9-\u170c\u170e-\u1714\u1720-\u17b3"
    r"\u17b6-\u180e\u1810-\u1877\u1879-\u18a9\u18f6-\u191c\u191f-\u19a9\u19ac-\u19d9\u19db-\u1a1f"
    r"\u1acf-\u1b4b\u1b4d-\u1b7f\u1cfb-\u1dca\u1dfe-\u1e9b\u1ea0-\u1ef9\u1f00-\u2094\u209d-\u20ef"
    r"\u20f1-\u214f\u2153-\u2184\u218a-\u2c2e\u2c30-\u2c5e\u2c60-\u2c6c\u2c80-\u2cea\u2cf4-\u2d26"
    r"\u2d2e-\u2d65\u2d80-\u2ddf\u2e30-\u312c\u3130-\u31b7\u31c0-\u3247\u3250-\u4db5\u4dc0-\u9fa5"
    r"\ua000-\ua4cf\ua800-\ua82b\ua836-\ua87f\uabfa-\ud7af\ud7fc-\ufa2d\ufa30-\ufa6a\ufa6e-\ufe23"
    r"\ufe30-\uffff"
    r"]+"
)
LONGEST = 80  # characters of a word that the index takes


class MariaDB(Walking):
    """The index takes no word of less than three letters, and leaves some out (mariadb.com/kb/en,
    full-text-index-overview): so each has two letters before it. How words follow one another is asked of the
    folded texts; so is what the tokenizer does not know. Title, summary, names and tags are folded by the
    database, texts by the application: a word of a question may be found in either form."""

    def __init__(self) -> None:
        self.head, self.names, self.body, self.title = (
            literal_column(f"search_texts.{name}", Text)
            for name in ("search_words_head", "search_words_names", "search_words_body", "search_title_words")
        )

    def _walk(self, question: Question, many: int, posts: int) -> list[int]:
        first = self.end_of_walk(question, posts)
        found = self.in_order(question, select(SearchText.place).where(SearchText.shown))
        if first is not None:
            found = found.where(SearchText.place >= first)
        found = found.where(*self._matches(question), *tagged(SearchText.post_id, question.tags))
        return list(db.session.scalars(found.limit(many)))

    def _few(self, question: Question, many: int) -> list[int] | None:
        having = question.bound(select(SearchText.place).where(SearchText.shown), SearchText.place)
        conditions = self._have_all(question)
        if not conditions and not question.tags:
            return None
        having = having.where(*conditions, *tagged(SearchText.post_id, question.tags))
        few = list(db.session.scalars(having.limit(self.FEW + 1)))
        if len(few) > self.FEW:
            return None
        found = select(SearchText.place).where(SearchText.place.in_(few), *self._matches(question))
        return list(db.session.scalars(found.order_by(SearchText.place.desc()).limit(many)))

    def _have_all(self, question: Question) -> list[ColumnElement[bool]]:
        """What the index can tell of it."""
        names = [self._word(word) for name in question.query.authors for word in written_words(name)]
        words = [
            self._word(word, folded, open=may_go_on(term) and place == len(term.words))
            for term in question.query.terms
            for place, (word, folded) in enumerate(zip(term.written, term.words, strict=True), 1)
        ]
        where = (self.title,) if question.in_titles else (self.head, self.body)
        asked = (((self.head, self.body), names), (where, words))
        return [
            mysql.match(*columns, against=" ".join(each)).in_boolean_mode()
            for columns, found in asked
            if (each := [one for one in found if one])
        ]

    def _word(self, written: str, folded: str = "", *, open: bool = False) -> str:
        ways = sorted({self._folded(written), folded or self._folded(written)})
        if not all(KNOWN.fullmatch(way) and len(way) <= LONGEST for way in ways):
            return ""
        return f"+({' '.join(f'{BEFORE_WORD}{way}' + '*' * open for way in ways)})"

    def _matches(self, question: Question) -> list[ColumnElement[bool]]:
        conditions = [self._stand(self.names, written_words(name)) for name in question.query.authors]
        for term in question.query.terms:
            goes_on = may_go_on(term)
            if question.in_titles:
                conditions.append(self._stand(self.title, term.written, open=goes_on))
            else:
                in_text = func.locate(between_spaces(term.words, open=goes_on), self.body) > 0
                conditions.append(or_(self._stand(self.head, term.written, open=goes_on), in_text))
        return conditions

    def _stand(
        self, where: ColumnElement[Any], words: Sequence[str], *, open: bool = False
    ) -> ColumnElement[bool]:
        folded = between_spaces([self._folded(word) for word in words], open=open)
        return func.locate(folded, where) > 0

    @staticmethod
    def _folded(word: str) -> str:
        """By the database, as titles are."""
        if word.isascii():
            return word.lower()
        return str(db.session.scalar(select(func.search_folded(word))))
