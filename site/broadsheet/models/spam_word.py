"""What the spam filter has learned: how often a word stood in spam, and how often in what was none."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import CursorResult, String, case, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib.spam import WORD_LENGTH
from broadsheet.lib.spam.learned import TOTAL, Count
from broadsheet.models.base import Model, db
from broadsheet.models.upsert import insert_or_add

MOST_KEPT = 50_000  # words; some 5 MB


class SpamWord(Model):
    __tablename__ = "spam_words"

    word: Mapped[str] = mapped_column(String(WORD_LENGTH), primary_key=True)  # "" counts the texts themselves
    spam: Mapped[int] = mapped_column(default=0)
    ham: Mapped[int] = mapped_column(default=0)

    @classmethod
    def counts(cls, words: Iterable[str]) -> dict[str, Count]:
        """What is known of these words, and of TOTAL; one statement."""
        known = select(cls.word, cls.spam, cls.ham).where(cls.word.in_([TOTAL, *words]))
        return {word: Count(spam, ham) for word, spam, ham in db.session.execute(known)}

    @classmethod
    def learn(cls, words: Iterable[str], *, spam: bool) -> None:
        """Counts each word, and the text, once more; one statement and a look at the number of words."""
        one_more = {"spam": int(spam), "ham": int(not spam)}
        rows = [{"word": word, **one_more} for word in sorted({TOTAL, *words})]  # in one order: no deadlock
        dialect = db.session.get_bind().dialect.name
        db.session.execute(insert_or_add(dialect, cls, rows, ("word",), one_more))
        cls.prune()

    @classmethod
    def unlearn(cls, words: Iterable[str], *, spam: bool) -> None:
        """Takes a lesson back; one statement. A word that was pruned meanwhile stays at nothing."""
        column = cls.spam if spam else cls.ham
        fewer = {column: case((column > 0, column - 1), else_=0)}
        db.session.execute(
            update(cls).where(cls.word.in_([TOTAL, *words])).values(fewer),
            execution_options={"synchronize_session": False},
        )

    @classmethod
    def prune(cls) -> int:
        """Forgets the rarest words as long as there are more than MOST_KEPT: those met once, then twice, …"""
        count = db.session.scalar(select(func.count()).select_from(cls)) or 0
        rarest, forgotten = 1, 0
        while count - forgotten > MOST_KEPT:
            rare = delete(cls).where(cls.word != TOTAL, cls.spam + cls.ham <= rarest)
            result = db.session.execute(rare, execution_options={"synchronize_session": False})
            forgotten += cast(CursorResult[Any], result).rowcount
            rarest *= 2
        return forgotten
