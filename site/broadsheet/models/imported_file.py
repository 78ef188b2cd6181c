"""Files that an import brought: how a second run knows what came, and what changed since."""

from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Created, Identified, Model

if TYPE_CHECKING:
    from broadsheet.models.post import Post


class ImportedFile(Identified, Created, Model):
    __tablename__ = "imported_files"
    __table_args__ = (UniqueConstraint("source", "path", name="uq_imported_files_source"),)

    source: Mapped[str] = mapped_column(String(100))  # the name that tells two imported sites apart
    path: Mapped[str] = mapped_column(String(500))  # below the imported folder
    # SHA-256 of all that the post was made of; empty while its text is still to come.
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=0)  # the post's, when the import wrote it
    # A post that was deleted for good comes again with the next run.
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), unique=True)

    post: Mapped["Post"] = relationship("Post")

    @classmethod
    def of(cls, source: str) -> Select[Self]:
        return select(cls).where(cls.source == source)
