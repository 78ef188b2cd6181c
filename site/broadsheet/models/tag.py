"""Tags: topics under which posts are found."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.lib.slugs import slugify
from broadsheet.models.base import Identified, Model, db

if TYPE_CHECKING:
    from broadsheet.models.upload import Upload

NAME_LENGTH = 60
SLUG_LENGTH = 80


class Tag(Identified, Model):
    __tablename__ = "tags"

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

    @classmethod
    def most_used(cls) -> Select[Self]:
        """Those that some post has, the most used first."""
        post_tags = db.metadata.tables["post_tags"]
        uses = select(post_tags.c.tag_id, func.count().label("posts")).group_by(post_tags.c.tag_id).subquery()
        return select(cls).join(uses, uses.c.tag_id == cls.id).order_by(uses.c.posts.desc(), cls.name)

    @staticmethod
    def slug_of(name: str) -> str:
        """Empty if the name has no letter and no digit: such a tag cannot be."""
        return slugify(name, SLUG_LENGTH)

    @classmethod
    def named(cls, names: Iterable[str]) -> list[Self]:
        """The tags of these names, in this order; what does not exist yet is made. Names that make the
        same slug ("Web Dev", "web dev") are one tag; the first spelling stays."""
        wanted: dict[str, str] = {}
        for name in names:
            tidy = " ".join(name.split())[:NAME_LENGTH]
            if slug := cls.slug_of(tidy):
                wanted.setdefault(slug, tidy)
        if not wanted:
            return []
        known = {tag.slug: tag for tag in db.session.scalars(select(cls).where(cls.slug.in_(wanted)))}
        for slug, name in wanted.items():
            if slug not in known:
                known[slug] = cls(name=name, slug=slug)
                db.session.add(known[slug])
        return [known[slug] for slug in wanted]

    @property
    def path(self) -> str:
        return f"/tag/{self.slug}"
