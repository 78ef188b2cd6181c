"""Series: posts that belong together, in an order of their own."""

from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.models.base import Created, Identified, Model

if TYPE_CHECKING:
    from broadsheet.models.upload import Upload

NAME_LENGTH = 120
SLUG_LENGTH = 80


class Series(Identified, Created, Model):
    __tablename__ = "series"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)

    picture: Mapped["Upload | None"] = relationship("Upload")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def at(cls, slug: str) -> Select[Self]:
        return select(cls).where(cls.slug == slug)

    @property
    def path(self) -> str:
        return f"/series/{self.slug}"
