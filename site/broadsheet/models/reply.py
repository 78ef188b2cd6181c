"""Replies: what the desk answered by mail to a message or a submission."""

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Created, Identified, Model

if TYPE_CHECKING:
    from broadsheet.models.user import User


class Reply(Identified, Created, Model):
    __tablename__ = "replies"
    __table_args__ = (CheckConstraint("(message_id IS NULL) <> (submission_id IS NULL)", name="one_subject"),)

    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    mail_id: Mapped[str] = mapped_column(String(250), default="")  # Message-ID (RFC 5322, section 3.6.4)

    author: Mapped["User | None"] = relationship("User")
