"""Reviews: an author asks an editor to look; the editor publishes or returns it with a note."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Created, Identified, Model, UTCDateTime, one_of

if TYPE_CHECKING:
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

    requested_by: Mapped["User | None"] = relationship("User", foreign_keys=[requested_by_id])
    decided_by: Mapped["User | None"] = relationship("User", foreign_keys=[decided_by_id])
