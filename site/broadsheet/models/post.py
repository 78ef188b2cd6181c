"""Posts: the dated pieces of which the site is made."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Index,
    Select,
    String,
    UnaryExpression,
    case,
    false,
    func,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, defer, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.models.base import Model, db
from broadsheet.models.content import Content, Status
from broadsheet.models.list_entry import ListCount, ListKind
from broadsheet.models.readable import ReadablePost
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.role import Ability
from broadsheet.models.series import Series
from broadsheet.models.tag import PostTag, Tag
from broadsheet.models.upload import Upload

if TYPE_CHECKING:
    from broadsheet.models.user import User


BYLINE_LENGTH = 200
ALT_LENGTH = 1000


class PostAuthor(Model):
    __tablename__ = "post_authors"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)

    user: Mapped["User"] = relationship("User")


class Post(ReadablePost, Content, Model):
    __tablename__ = "posts"
    __table_args__ = (
        # The end of it is not searched, but lets lists be counted without a look at the posts themselves.
        Index(
            "ix_posts_by_date",
            *("status", "trashed_at", "published_at", "id", "expires_at", "unlisted", "review_requested_at"),
        ),
        Index("ix_posts_front", "status", "trashed_at", "unlisted", "pinned", "published_at", "id"),
        Index("ix_posts_edited", "trashed_at", "updated_at"),
        # What is being written, the latest first, however much is published.
        Index("ix_posts_in_work", "status", "trashed_at", "updated_at", "review_requested_at"),
        # A series is walked in its own order without a look at the posts themselves.
        Index(
            "ix_posts_in_series",
            *("series_id", "status", "trashed_at", "series_position", "published_at", "id", "expires_at"),
        ),
        Index("ix_posts_pinned", "pinned", sqlite_where=text("pinned = 1"), postgresql_where=text("pinned")),
        Index("ix_posts_length", "trashed_at", "word_count"),
        Index("ix_posts_dated", "trashed_at", "published_at"),
        Index("ix_posts_in_review", "trashed_at", "review_requested_at"),
        # Titles are sorted and looked through here, without a look at the posts themselves.
        Index("ix_posts_titles", "trashed_at", "title", "slug"),
        Index(
            "ix_posts_in_language",
            *("language", "trashed_at", "updated_at"),
            *("status", "published_at", "expires_at", "review_requested_at"),
        ),
    )
    PARTICULARS: ClassVar[tuple[str, ...]] = (
        *Content.PARTICULARS,
        "byline",
        "unlisted",
        "allow_comments",
        "series_id",
        "series_position",
        "cover_id",
        "cover_alt",
        "cover_focus_x",
        "cover_focus_y",
    )
    LINKED: ClassVar[tuple[str, ...]] = (*Content.LINKED, "unlisted")
    written_with: ClassVar[Ability] = Ability.WRITE

    pinned: Mapped[bool] = mapped_column(default=False)
    unlisted: Mapped[bool] = mapped_column(default=False)  # public, but neither on the home page nor in feeds
    allow_comments: Mapped[bool] = mapped_column(default=True)
    byline: Mapped[str] = mapped_column(String(BYLINE_LENGTH), default="")  # in place of the authors' names
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"), index=True)
    series_position: Mapped[int | None]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)
    cover_alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    # The point of the cover that stays in sight when it is cropped: per cent from the left, from the top.
    cover_focus_x: Mapped[int] = mapped_column(default=50)
    cover_focus_y: Mapped[int] = mapped_column(default=50)
    # By which version of lib/kinship.py its related posts were reckoned; 0: they are to be reckoned.
    related_with: Mapped[int] = mapped_column(default=0, server_default="0", index=True)

    series: Mapped[Series | None] = relationship(Series)
    cover: Mapped[Upload | None] = relationship(Upload, foreign_keys=[cover_id])
    authorships: Mapped[list[PostAuthor]] = relationship(
        order_by=PostAuthor.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    taggings: Mapped[list[PostTag]] = relationship(
        order_by=PostTag.position,
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    authors: AssociationProxy[list["User"]] = association_proxy(
        "authorships", "user", creator=lambda user: PostAuthor(user=user)
    )
    tags: AssociationProxy[list[Tag]] = association_proxy(
        "taggings", "tag", creator=lambda tag: PostTag(tag=tag)
    )

    # -- queries

    @classmethod
    def visible_to(cls, user: Any) -> Select[Self]:
        """What is public, and what the person may edit."""
        return select(cls).where(cls.is_visible_to(user)) if user.can(Ability.WRITE) else cls.published()

    @classmethod
    def is_visible_to(cls, user: Any) -> ColumnElement[bool]:
        if user.can(Ability.EDIT_ALL_POSTS):
            return true()
        return or_(cls.is_public(), cls._written_by(user)) if user.can(Ability.WRITE) else cls.is_public()

    @classmethod
    def editable_by(cls, user: Any) -> Select[Self]:
        if user.can(Ability.EDIT_ALL_POSTS):
            return select(cls)
        # A reader may have a byline, from a time with more rights or an accepted submission.
        return select(cls).where(cls._written_by(user) if user.can(Ability.WRITE) else false())

    @classmethod
    def removable_by(cls, user: Any) -> Select[Self]:
        return cls.editable_by(user)

    @classmethod
    def is_listed(cls) -> ColumnElement[bool]:
        """Whether it is shown to those who did not ask for it: on the home page, in feeds, to be read next.

        The others stand in the lists that somebody asks for: of a tag, a series, an author, a month.
        """
        return cls.unlisted == false()

    @classmethod
    def tagged(cls, tag: Tag) -> Select[Self]:
        return cls.published().where(cls.id.in_(select(PostTag.post_id).where(PostTag.tag_id == tag.id)))

    @classmethod
    def in_series(cls, series: Series) -> Select[Self]:
        return cls.published().where(cls.series_id == series.id)

    @classmethod
    def series_order(cls) -> tuple[Any, ...]:
        """By its number; what has none comes after, by its date."""
        return (
            case((cls.series_position.is_(None), 1), else_=0),
            cls.series_position,
            cls.published_at,
            cls.id,
        )

    @classmethod
    def ids_tagged(cls, slug: str) -> Select[int]:
        """Of all posts with the tag at this address, drafts included."""
        return select(PostTag.post_id).join(Tag).where(Tag.slug == slug)

    @classmethod
    def with_author(cls, user: "User") -> ColumnElement[bool]:
        """Whether this person is named over it."""
        return cls.id.in_(select(PostAuthor.post_id).where(PostAuthor.user_id == user.id))

    @classmethod
    def with_byline_of(cls, name: str) -> ColumnElement[bool]:
        """Of somebody with this username or name, in any case."""
        user = PostAuthor.user.property.mapper.class_
        named = user.with_byline_name(name).with_only_columns(user.id)
        return cls.id.in_(select(PostAuthor.post_id).where(PostAuthor.user_id.in_(named)))

    @classmethod
    def newest_first(cls) -> tuple[UnaryExpression[Any], ...]:
        return cls.published_at.desc(), cls.id.desc()

    @classmethod
    def front_page_order(cls) -> tuple[UnaryExpression[Any], ...]:
        return cls.pinned.desc(), *cls.newest_first()

    @classmethod
    def for_a_list(cls) -> Sequence[ORMOption]:
        """In two more queries, however long it is."""
        return (
            *super().for_a_list(),
            joinedload(cls.cover),
            selectinload(cls.authorships).joinedload(PostAuthor.user),
            selectinload(cls.taggings).joinedload(PostTag.tag),
        )

    @classmethod
    def for_a_feed(cls) -> Sequence[ORMOption]:
        """The same, with the text that a page shows."""
        return (
            defer(cls.body),
            defer(cls.toc),
            joinedload(cls.cover),
            selectinload(cls.authorships).joinedload(PostAuthor.user),
            selectinload(cls.taggings).joinedload(PostTag.tag),
        )

    @classmethod
    def for_a_page(cls) -> Sequence[ORMOption]:
        """Loads all but the texts in one query; the result wants `unique()`. The text that a page shows
        comes when it is asked for: the joins would repeat it in every row."""
        return (
            defer(cls.body),
            defer(cls.html),
            joinedload(cls.authorships).joinedload(PostAuthor.user),
            joinedload(cls.taggings).joinedload(PostTag.tag),
            joinedload(cls.series),
            joinedload(cls.cover),
            joinedload(cls.social_picture),
        )

    @classmethod
    def count_by_author(cls, people: "Sequence[User]") -> dict[int, int]:
        """How many posts each of them has, drafts included; whoever has none is not in it."""
        ids = [person.id for person in people]
        drafts = (
            select(PostAuthor.user_id, func.count())
            .where(PostAuthor.post_id.in_(cls.not_in_lists(kept=True)))
            .group_by(PostAuthor.user_id)
        )
        counts = Counter(ListCount.standing(ListKind.AUTHOR, ids))
        counts.update({id: many for id, many in db.session.execute(drafts) if id in ids})
        return dict(counts)

    @classmethod
    def count_public(cls, people: "Sequence[User]") -> dict[int, int]:
        """How many posts of each of them readers see; whoever has none is not in it."""
        return ListCount.of(ListKind.AUTHOR, [person.id for person in people])

    @classmethod
    def not_in_lists(cls, *, kept: bool = False) -> CompoundSelect[int]:
        """The ids of those that no list of models/list_entry.py counts: drafts and what is in the trash; with
        `kept` only what is in none. They are few, and each of these is a stretch of an index."""
        is_kept, published = cls.trashed_at.is_(None), cls.status == Status.PUBLISHED
        stretches = [
            (cls.status == Status.DRAFT, is_kept) if kept else (cls.status == Status.DRAFT,),
            (published, is_kept, cls.published_at.is_(None)),  # which no verb leaves behind
            *([] if kept else [(published, cls.trashed_at.is_not(None))]),
        ]
        return union_all(*(select(cls.id).where(*stretch) for stretch in stretches))

    @classmethod
    def is_kept(cls) -> ColumnElement[bool]:
        """Of a row of PostAuthor: whether its post is out of the trash. What is in the trash is
        little and has an index; to look at each post would read ten thousand texts."""
        return PostAuthor.post_id.not_in(select(cls.id).where(cls.trashed_at.is_not(None)))

    # -- verbs

    def pin(self) -> None:
        if not self.pinned:
            self.pinned = True
            self._happened("pinned")

    def unpin(self) -> None:
        if self.pinned:
            self.pinned = False
            self._happened("unpinned")

    def place(self, position: int | None, *, by: "User | None") -> bool:
        """Gives it its place in its series, at once. Whether it had another one.

        No text changes, so readers are told of no update. It is a version all the same, or whoever writes
        meanwhile would put the old place back.
        """
        if position == self.series_position:
            return False
        held = self.working() if self.has_held_changes else None
        self.series_position = position
        self.version = self.shown_version = self.version + 1
        self._keep_revision(by, Reason.SAVED)
        if held is not None:
            self.hold(by=by, reason=Reason.MERGED, **(held | {"series_position": position}))
        return True

    # -- questions

    def writers(self) -> "list[User]":
        return list(self.authors)

    def is_editable_by(self, user: "User") -> bool:
        if user.can(Ability.EDIT_ALL_POSTS):
            return True
        return user.can(Ability.WRITE) and any(one.user_id == user.id for one in self.authorships)

    # -- private

    @classmethod
    def _written_by(cls, user: Any) -> Any:
        return cls.id.in_(select(PostAuthor.post_id).where(PostAuthor.user_id == user.id))

    def _take_over(self, changes: dict[str, Any]) -> None:
        # Lists are compared before they are replaced: an unchanged one must not be deleted and written again.
        for name in ("authors", "tags"):
            wanted = list(dict.fromkeys(changes.pop(name, getattr(self, name))))
            if wanted != list(getattr(self, name)):
                setattr(self, name, wanted)
        super()._take_over(changes)

    def _text(self) -> dict[str, Any]:
        return super()._text() | {"tags": list(self.tags), "authors": list(self.authors)}

    def _said_in(self, revision: Revision) -> dict[str, Any]:
        people: type[User] = PostAuthor.user.property.mapper.class_  # imports this module
        authors = people.with_usernames(revision.authors or []) or list(self.authors)
        return super()._said_in(revision) | {"tags": Tag.remembered(revision.tags or []), "authors": authors}

    def _kept(self, text: dict[str, Any]) -> dict[str, Any]:
        return super()._kept(text) | {
            "tags": [tag.name for tag in text["tags"]],
            "authors": [author.username for author in text["authors"]],
        }
