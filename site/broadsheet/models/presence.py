"""Presence: who has a post or page open in the editor just now."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Identified, Model, UTCDateTime

if TYPE_CHECKING:
    from broadsheet.models.user import User


class Presence(Identified, Model):
    __tablename__ = "presences"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),
        UniqueConstraint("user_id", "post_id"),
        UniqueConstraint("user_id", "page_id"),
    )

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped["User"] = relationship("User")
