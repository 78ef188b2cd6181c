"""Reviews: an author asks an editor to look; the editor publishes or returns it with a note."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, one_of
from broadsheet.models.event import acting_now, happened

if TYPE_CHECKING:
    from broadsheet.models.page import Page
    from broadsheet.models.post import Post
    from broadsheet.models.user import User


class Outcome(StrEnum):
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Review(Identified, Created, Model):
    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # that was sent
    question: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome))  # none while it waits
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped["Post | None"] = relationship("Post", back_populates="reviews")
    page: Mapped["Page | None"] = relationship("Page", back_populates="reviews")
    requested_by: Mapped["User | None"] = relationship("User", foreign_keys=[requested_by_id])
    decided_by: Mapped["User | None"] = relationship("User", foreign_keys=[decided_by_id])

    def __str__(self) -> str:
        return self.question

    # -- verbs

    def return_(self, *, by: "User", note: str) -> None:
        """Back to whoever asked, with what is to be done."""
        if self.is_waiting:
            self.answer = note
            self._close(Outcome.RETURNED, by.id)
            self._happened("review_returned")

    def withdraw(self, *, by: "User | None") -> None:
        if self.is_waiting:
            self._close(Outcome.WITHDRAWN, by.id if by else acting_now().user_id)
            self._happened("review_withdrawn")

    def pass_(self) -> None:
        """The answer is the publication itself, by whoever acts now."""
        if self.is_waiting:
            self._close(Outcome.PUBLISHED, acting_now().user_id)
            self._happened("review_passed")

    # -- questions

    @property
    def is_waiting(self) -> bool:
        return self.outcome is None

    @property
    def subject(self) -> "Post | Page":
        subject = self.post or self.page
        assert subject is not None  # noqa: S101  a constraint of the table
        return subject

    # -- private

    def _close(self, outcome: Outcome, by_id: int | None) -> None:
        self.outcome, self.decided_by_id, self.decided_at = outcome, by_id, clock.now()
        self.subject.review_requested_at = None

    def _happened(self, verb: str) -> None:
        happened(getattr(signals, f"{self.subject.kind}_{verb}"), self.subject, review=self)
