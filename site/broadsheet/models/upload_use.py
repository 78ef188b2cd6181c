"""Where uploads are used: in which texts, read from what the texts say at every save."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Created, Identified, Model


class UploadUse(Identified, Model):
    __tablename__ = "upload_uses"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)


class UploadAlias(Identified, Created, Model):
    """A key that an upload had before its file was replaced: old addresses lead to the new file."""

    __tablename__ = "upload_aliases"

    key: Mapped[str] = mapped_column(String(250), unique=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), index=True)
