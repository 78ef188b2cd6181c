"""Tags: topics under which posts are found."""

from typing import TYPE_CHECKING, ClassVar, Self

from sqlalchemy import ForeignKey, Index, Select, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    NAME_LENGTH: ClassVar[int] = NAME_LENGTH

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)

    # For conditions (`Tag.posts.any(…)`): a tag may have more posts than anybody wants to load.
    posts: Mapped[list["Post"]] = relationship("Post", secondary="post_tags", viewonly=True, lazy="raise")

    # -- queries

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
