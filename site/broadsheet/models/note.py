"""Notes: what people say about a draft, in the desk or through a preview link; each is resolved one day."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Created, Identified, Model, UTCDateTime

if TYPE_CHECKING:
    from broadsheet.models.preview_link import PreviewLink
    from broadsheet.models.user import User


class Note(Identified, Created, Model):
    __tablename__ = "notes"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # that was read
    quote: Mapped[str] = mapped_column(String(500), default="")  # the words of the text that are meant
    body: Mapped[str] = mapped_column(Text)
    # Who wrote it: somebody with an account, or a guest by name through a preview link.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    author_name: Mapped[str] = mapped_column(String(120), default="")
    preview_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("preview_links.id", ondelete="SET NULL"), index=True
    )
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    author: Mapped["User | None"] = relationship("User", foreign_keys=[author_id])
    resolved_by: Mapped["User | None"] = relationship("User", foreign_keys=[resolved_by_id])
    preview_link: Mapped["PreviewLink | None"] = relationship("PreviewLink")
