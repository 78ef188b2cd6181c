"""Tags: topics under which posts are found."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Self

from sqlalchemy import ForeignKey, Index, Select, String, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.alias import Alias
from broadsheet.models.base import Model, db
from broadsheet.models.event import happened
from broadsheet.models.topic import SLUG_LENGTH, Topic

if TYPE_CHECKING:
    from broadsheet.models.post import Post

NAME_LENGTH = 60
MOST_SUGGESTED = 300


class PostTag(Model):
    __tablename__ = "post_tags"
    # In the order of posts within a tag: the nearest ones are found without looking at all.
    __table_args__ = (Index("ix_post_tags_nearest", "tag_id", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    tag: Mapped["Tag"] = relationship("Tag")


class Tag(Topic, Model):
    __tablename__ = "tags"
    kind: ClassVar[str] = "tag"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)

    # For conditions (`Tag.posts.any(…)`): a tag may have more posts than anybody wants to load.
    posts: Mapped[list["Post"]] = relationship("Post", secondary="post_tags", viewonly=True, lazy="raise")

    # -- queries

    @classmethod
    def named(cls, names: Iterable[str]) -> list[Self]:
        """The tags of these names, in this order; what does not exist yet is made. Names that make the
        same slug ("Web Dev", "web dev") are one tag; the first spelling stays. A name that a tag had before
        it was renamed or merged still means that tag: earlier versions of texts know it by that name."""
        return list(dict.fromkeys(cls.meant(names).values()))

    @classmethod
    def meant(cls, names: Iterable[str]) -> dict[str, Self]:
        """The same, each by the slug of the name that was asked for."""
        wanted: dict[str, str] = {}
        for name in names:
            tidy = " ".join(name.split())[:NAME_LENGTH]
            if slug := cls.slug_of(tidy):
                wanted.setdefault(slug, tidy)
        known = cls._known(wanted) if wanted else {}
        for slug, name in wanted.items():
            if slug not in known:
                known[slug] = cls(name=name, slug=slug)
                db.session.add(known[slug])
        return {slug: known[slug] for slug in wanted}

    @classmethod
    def remembered(cls, names: Iterable[str]) -> list[Self]:
        """The tags of these names, for reading: one that is gone is made, but stored only with what bears
        it."""
        wanted = {slug: name for name in names if (slug := cls.slug_of(name))}
        known = cls._known(wanted) if wanted else {}
        return list(
            dict.fromkeys(known.get(slug) or cls(name=name, slug=slug) for slug, name in wanted.items())
        )

    @classmethod
    def most_used(cls) -> Select[Self]:
        """Those that some post has, the most used first."""
        uses = select(PostTag.tag_id, func.count().label("posts")).group_by(PostTag.tag_id).subquery()
        return select(cls).join(uses, uses.c.tag_id == cls.id).order_by(uses.c.posts.desc(), cls.name)

    @classmethod
    def suggestions(cls) -> list[str]:
        """The names that a writer is offered."""
        return list(db.session.scalars(cls.most_used().with_only_columns(cls.name).limit(MOST_SUGGESTED)))

    # -- verbs

    def merge_into(self, other: "Tag") -> int:
        """All its posts bear the other tag from now on, in the place of this one; the number of them.

        Its address and its name lead there, and it is gone. Earlier versions of texts stay as they are.
        """
        count = db.session.scalar(select(func.count()).where(PostTag.tag_id == self.id)) or 0
        both = select(PostTag.post_id).where(PostTag.tag_id == other.id).scalar_subquery()
        mine = PostTag.tag_id == self.id
        db.session.flush()
        db.session.execute(
            update(PostTag).where(mine, PostTag.post_id.not_in(both)).values(tag_id=other.id),
            execution_options={"synchronize_session": False},
        )
        db.session.execute(delete(PostTag).where(mine), execution_options={"synchronize_session": False})
        db.session.execute(
            update(Alias).where(Alias.tag_id == self.id).values(tag_id=other.id),
            execution_options={"synchronize_session": False},
        )
        Alias.keep(self.path, other)
        happened(signals.tag_merged, self, into=other.name, posts=count)
        db.session.flush()
        db.session.expire_all()
        db.session.delete(self)
        return count

    # -- questions

    @property
    def path(self) -> str:
        return f"/tag/{self.slug}"

    # -- private

    @classmethod
    def _known(cls, wanted: dict[str, str]) -> dict[str, Self]:
        """By the slug of the wanted name: whose name or slug it is, else whose it was."""
        lowered = {name.lower(): slug for slug, name in wanted.items()}
        query = select(cls).where(or_(cls.slug.in_(wanted), func.lower(cls.name).in_(lowered)))
        known: dict[str, Self] = {}
        for tag in db.session.scalars(query):
            if tag.slug in wanted:
                known.setdefault(tag.slug, tag)
            if tag.name.lower() in lowered:
                known[lowered[tag.name.lower()]] = tag  # a name says more than an address
        former = {f"/tag/{slug}": slug for slug in wanted if slug not in known}
        if former:
            aliases = select(Alias).where(Alias.path.in_(former), Alias.tag_id.is_not(None))
            for alias in db.session.scalars(aliases.options(joinedload(Alias.tag))):
                known[former[alias.path]] = alias.tag  # type: ignore[assignment]  # it is one: the query says so
        return known
