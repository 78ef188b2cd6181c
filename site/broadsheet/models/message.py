"""Messages: what visitors send through the contact form."""

from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, Index, String, Text, and_, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, synonym

from broadsheet.lib import clock
from broadsheet.models.base import Model, UTCDateTime, db, each_word_in
from broadsheet.models.incoming import EXCERPT_LENGTH, Box, Incoming


class Message(Incoming, Model):
    __tablename__ = "messages"
    # The end of it is not searched, but lets the unread be counted without a look at the messages themselves.
    __table_args__ = (Index("ix_messages_boxes", "trashed_at", "is_spam", "created_at", "id", "read_at"),)

    kind = "message"

    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = column_property(func.substr(body, 1, EXCERPT_LENGTH), deferred=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    title = synonym("subject")

    def __str__(self) -> str:
        return self.subject or self.name

    @classmethod
    def is_unread(cls) -> ColumnElement[bool]:
        """Whether it waits to be read: spam and trash wait for nobody."""
        return and_(cls.read_at.is_(None), cls.is_in(Box.INBOX))

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the message, its subject, or who sent it."""
        return each_word_in(words, cls.name, cls.email, cls.subject, cls.body)

    @classmethod
    def count_unread(cls) -> int:
        return db.session.scalar(select(func.count()).select_from(cls).where(cls.is_unread())) or 0

    @classmethod
    def receive(
        cls, *, name: str, email: str, subject: str, body: str, circumstances: tuple[str, ...] = ()
    ) -> Self:
        message = cls(name=name, email=email, subject=subject, body=body)
        message._arrive(circumstances)
        return message

    def be_answered(self) -> None:
        self.mark_read()
        super().be_answered()

    def mark_read(self) -> None:
        self.read_at = self.read_at or clock.now()

    def mark_unread(self) -> None:
        self.read_at = None

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
