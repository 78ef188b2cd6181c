"""What the spam filter has learned: how often a word stood in spam, and how often in what was none."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Model

WORD_LENGTH = 60


class SpamWord(Model):
    __tablename__ = "spam_words"

    word: Mapped[str] = mapped_column(String(WORD_LENGTH), primary_key=True)  # "" counts the texts themselves
    spam: Mapped[int] = mapped_column(default=0)
    ham: Mapped[int] = mapped_column(default=0)
