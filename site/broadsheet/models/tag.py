"""Tags: topics under which posts are found."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import Executable, ForeignKey, Index, Select, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.alias import Alias
from broadsheet.models.base import Model, db
from broadsheet.models.event import Event, happened
from broadsheet.models.list_entry import ListKind
from broadsheet.models.topic import SLUG_LENGTH, Topic
from broadsheet.models.upload import Upload

if TYPE_CHECKING:
    from broadsheet.models.post import Post

NAME_LENGTH = 60
MOST_SUGGESTED = 300
# Bylines and taggings, the newest, among which is counted who and what to suggest: so it takes no longer the
# more there is.
OF_LATE = 3000
SLICE = 500  # posts a statement: each is one of its parameters, of which databases allow so many


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
    LIST: ClassVar[ListKind] = ListKind.TAG

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)

    # For conditions (`Tag.posts.any(…)`): a tag may have more posts than anybody wants to load.
    posts: Mapped[list["Post"]] = relationship("Post", secondary="post_tags", viewonly=True, lazy="raise")

    # -- queries

    @classmethod
    def most_used(cls) -> Select[Self]:
        """Those that the newest posts have, the most used first."""
        newest = select(PostTag.tag_id).order_by(PostTag.post_id.desc()).limit(OF_LATE).subquery()
        uses = select(newest.c.tag_id, func.count().label("posts")).group_by(newest.c.tag_id).subquery()
        return select(cls).join(uses, uses.c.tag_id == cls.id).order_by(uses.c.posts.desc(), cls.name)

    @classmethod
    def suggestions(cls) -> list[str]:
        """The names that a writer is offered."""
        return list(db.session.scalars(cls.most_used().with_only_columns(cls.name).limit(MOST_SUGGESTED)))

    def count_shared_with(self, other: "Tag") -> int:
        """How many posts have both."""
        others = select(PostTag.post_id).where(PostTag.tag_id == other.id)
        both = select(func.count()).where(PostTag.tag_id == self.id, PostTag.post_id.in_(others))
        return db.session.scalar(both) or 0

    # -- verbs

    def merge_into(self, other: "Tag") -> Event:
        """All its posts bear the other tag from now on, in the place of this one. `separate` takes back what
        this gives.

        Its address and its name lead there, and it is gone. Earlier versions of texts stay as they are.
        """
        db.session.flush()
        places = dict(
            db.session.execute(
                select(PostTag.post_id, PostTag.position).where(PostTag.tag_id == self.id)
            ).all()
        )
        others = set(db.session.scalars(select(PostTag.post_id).where(PostTag.tag_id == other.id)))
        aliases = list(db.session.scalars(select(Alias.id).where(Alias.tag_id == self.id)))
        both = select(PostTag.post_id).where(PostTag.tag_id == other.id).scalar_subquery()
        mine = PostTag.tag_id == self.id
        _at_once(update(PostTag).where(mine, PostTag.post_id.not_in(both)).values(tag_id=other.id))
        _at_once(delete(PostTag).where(mine))
        _at_once(update(Alias).where(Alias.tag_id == self.id).values(tag_id=other.id))
        Alias.keep(self.path, other)
        happened(
            signals.tag_merged,
            self,
            into=other.name,
            posts=len(places),
            into_id=other.id,
            was={
                "name": self.name,
                "slug": self.slug,
                "description": self.description,
                "picture": self.picture_id,
            },
            moved=sorted(places.keys() - others),
            both=[[post_id, place] for post_id, place in places.items() if post_id in others],
            aliases=aliases,
        )
        db.session.flush()
        db.session.expire_all()
        db.session.delete(self)
        return db.session.scalars(Event.newest_first().where(Event.action == signals.tag_merged.name)).first()  # type: ignore[return-value]  # it was just written

    @classmethod
    def separate(cls, merge: Event) -> Self | None:
        """Takes a merge back: the tag stands again, at those of its posts that still bear the other one.

        None if the other tag is gone, or something else has this name by now.
        """
        told = merge.details
        was, other = told["was"], db.session.get(cls, told["into_id"])
        if other is None or cls.namesake(was["name"], was["slug"]):
            return None
        tag = cls._new(was["name"], was["slug"])
        tag._describe(was["description"], db.session.get(Upload, was["picture"]) if was["picture"] else None)
        db.session.add(tag)
        db.session.flush()
        theirs = PostTag.tag_id == other.id
        for some in _slices(told["moved"]):
            _at_once(update(PostTag).where(theirs, PostTag.post_id.in_(some)).values(tag_id=tag.id))
        for some in _slices(told["both"]):
            places = dict(some)
            still = db.session.scalars(select(PostTag.post_id).where(theirs, PostTag.post_id.in_(places)))
            rows = [{"post_id": id, "tag_id": tag.id, "position": places[id]} for id in still]
            if rows:
                db.session.execute(insert(PostTag), rows)
        if told["aliases"]:
            led = Alias.id.in_(told["aliases"]), Alias.tag_id == other.id
            _at_once(update(Alias).where(*led).values(tag_id=tag.id))
        Alias.free(tag.path)
        happened(signals.tag_separated, tag, from_=other.name)
        db.session.flush()
        db.session.expire_all()
        return tag

    # -- questions

    @property
    def path(self) -> str:
        return f"/tag/{self.slug}"

    # -- private

    @classmethod
    def _not_in_lists(cls) -> Select[*tuple[Any, ...]]:
        others = select(PostTag.tag_id, func.count()).where(PostTag.post_id.in_(cls._post().not_in_lists()))
        return others.group_by(PostTag.tag_id)


def _at_once(statement: Executable) -> None:
    """Of many rows; what the session has loaded of them is read anew afterwards, by `expire_all`."""
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _slices(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), SLICE):
        yield items[start : start + SLICE]
