"""Every save of a post or page: what it said, who saved it, when and why."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, defer, joinedload, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.models.base import Created, Identified, Model, one_of

if TYPE_CHECKING:
    from broadsheet.models.user import User


class Reason(StrEnum):
    CREATED = "created"
    SAVED = "saved"
    RESTORED = "restored"
    IMPORTED = "imported"
    ACCEPTED = "accepted"


class Revision(Identified, Created, Model):
    __tablename__ = "revisions"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(one_of(Reason))
    version: Mapped[int] = mapped_column(Integer)

    title: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)

    author: Mapped["User | None"] = relationship("User")

    @classmethod
    def for_a_list(cls) -> Sequence[ORMOption]:
        """Loads who, when and why; the texts stay behind."""
        return defer(cls.body), defer(cls.summary), joinedload(cls.author)
