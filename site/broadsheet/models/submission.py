"""Submissions: pieces that readers offer; the desk's queue."""

from enum import StrEnum
from typing import Self

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.base import Model, db, each_word_in, one_of
from broadsheet.models.event import happened
from broadsheet.models.incoming import EXCERPT_LENGTH, Box, Incoming
from broadsheet.models.post import Post
from broadsheet.models.revision import Reason
from broadsheet.models.user import User


class SubmissionState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Submission(Incoming, Model):
    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_boxes", "trashed_at", "is_spam", "state", "created_at", "id"),)

    kind = "submission"

    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = column_property(func.substr(body, 1, EXCERPT_LENGTH), deferred=True)
    state: Mapped[SubmissionState] = mapped_column(one_of(SubmissionState), default=SubmissionState.WAITING)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="SET NULL"), index=True)

    post: Mapped[Post | None] = relationship(Post)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def is_waiting(cls) -> ColumnElement[bool]:
        """Whether it waits for an answer: spam and trash wait for nobody."""
        return and_(cls.state == SubmissionState.WAITING, cls.is_in(Box.INBOX))

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the piece, its title, or who sent it."""
        return each_word_in(words, cls.name, cls.email, cls.title, cls.body)

    @classmethod
    def count_waiting(cls) -> int:
        return db.session.scalar(select(func.count()).select_from(cls).where(cls.is_waiting())) or 0

    @classmethod
    def receive(
        cls, *, name: str, email: str, title: str, body: str, circumstances: tuple[str, ...] = ()
    ) -> Self:
        submission = cls(name=name, email=email, title=title, body=body, state=SubmissionState.WAITING)
        submission._arrive(circumstances)
        return submission

    def accept(self, by: User, author: User | None = None) -> Post:
        """Makes a draft of it; a second time gives the same draft. Its byline is `author`, else a new one
        with the sender's name."""
        if self.post is None:
            author = author or User.create(name=self.name)
            self.post = Post()
            self.post.revise(
                by=by, reason=Reason.ACCEPTED, title=self.title, body=self.body, authors=[author]
            )
            self.state = SubmissionState.ACCEPTED
            self._settle(is_spam=False)
            happened(signals.submission_accepted, self, post=self.post)
        return self.post

    def decline(self) -> None:
        if self.state == SubmissionState.WAITING:
            self.state = SubmissionState.DECLINED
            happened(signals.submission_declined, self)

    def reconsider(self) -> None:
        """Back into the queue."""
        if self.state == SubmissionState.DECLINED:
            self.state = SubmissionState.WAITING
