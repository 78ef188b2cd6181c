"""Posts as readers meet them, read by columns: in a list (Story), and on a page of their own (Article).

The ORM's objects, with their state and their collections, take several times as long as all else on a page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from broadsheet.models.base import db
from broadsheet.models.correction import Correction
from broadsheet.models.neighbours import ID, NEXT, Neighbours
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.post_list import Place
from broadsheet.models.readable import ReadablePost, Status
from broadsheet.models.role import Ability
from broadsheet.models.series import Series
from broadsheet.models.series_part import Part
from broadsheet.models.tag import PostTag, Tag
from broadsheet.models.upload import Upload
from broadsheet.models.user import User

# What is read of a picture: all that tells where it lies, in which sizes, and what it shows.
PICTURE = ("id", "key", "name", "media_type", "size", "width", "height", "scales", "alt")
LISTED = (
    *("id", "slug", "title", "summary", "excerpt", "language", "byline", "published_at", "word_count"),
    *("picture", "cover_alt", "cover_focus_x", "cover_focus_y"),
    *("unlisted", "canonical_url", "translation_of_id"),
)
# Of a post on its own page alone, not of those that are offered at its end.
OWN = (
    *("status", "expires_at", "trashed_at", "review_requested_at", "revised_at"),
    *("search_title", "search_description", "html", "toc", "needs", "frames"),
)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)

Order = Callable[[], tuple[Any, ...]]  # of a list


class Author(NamedTuple):
    id: int
    name: str
    username: str

    @property
    def path(self) -> str:
        return f"/user/{self.username}"


class Topic(NamedTuple):
    """As a line names it."""

    id: int
    name: str
    slug: str


class TagName(Topic):
    @property
    def path(self) -> str:
        return f"/tag/{self.slug}"


class SeriesName(Topic):
    @property
    def path(self) -> str:
        return f"/series/{self.slug}"


class Story(ReadablePost):
    """A post in a list, with its authors, tags and cover."""

    id: int
    slug: str
    title: str
    summary: str
    excerpt: str
    language: str
    byline: str
    published_at: datetime | None
    word_count: int
    picture: Any
    cover_alt: str
    cover_focus_x: int
    cover_focus_y: int
    unlisted: bool
    canonical_url: str
    translation_of_id: int | None

    def __init__(self, row: Sequence[Any]) -> None:
        self.row = tuple(row[: len(LISTED) + len(PICTURE)])  # what a list reads, whoever has read it
        self.__dict__.update(zip(LISTED, row, strict=False))
        self.authors: list[Author] = []
        self.tags: list[TagName] = []

    @cached_property
    def cover(self) -> Upload | None:
        return _picture(self.row[len(LISTED) :])

    def is_same_as(self, other: "Story") -> bool:
        """To the last word that a list shows of it."""
        return (self.row, self.authors, self.tags) == (other.row, other.authors, other.tags)

    @classmethod
    def at(cls, place: Place, order: Order) -> list[Self]:
        """Those of a page of a list, in two queries."""
        if place.ids is None:
            return []
        rows = db.session.connection().execute(_stories(place.ids, order), place.parameters)
        stories = [cls(row) for row in rows]
        _name({story.id: story for story in stories})
        return stories


class Article(Story):
    """A post on its own page, with what stands around it."""

    status: Status
    expires_at: datetime | None
    trashed_at: datetime | None
    review_requested_at: datetime | None
    revised_at: datetime | None
    search_title: str
    search_description: str
    html: str
    toc: list[dict[str, Any]]
    needs: list[str]
    frames: list[str]
    is_corrected: bool

    def __init__(self, row: Sequence[Any], near: Neighbours) -> None:
        super().__init__(row)
        rest = row[len(LISTED) + len(PICTURE) :]
        self.__dict__.update(zip((*OWN, "is_corrected"), rest, strict=False))
        rest = rest[len(OWN) + 1 :]
        self.social_picture = _picture(rest)
        self.series = _series(rest[len(PICTURE) :])
        self._near = near
        self._around: dict[int, Story] = {}

    @classmethod
    def visible_to(cls, user: Any, id: int) -> Self | None:
        """In three queries, however much stands around it."""
        near = Neighbours.of(id)
        articles = _articles(Post.is_visible_to(user)) if user.can(Ability.WRITE) else _public_articles()
        rows = db.session.connection().execute(articles, {"id": id, "ids": [id, *near.ids]}).all()
        own = next((row for row in rows if row.id == id), None)
        if own is None:
            return None
        article = cls(own, near)
        article._around = {row.id: Story(row) for row in rows if row.id != id}
        _name(article._around | {id: article})
        return article

    @property
    def translations(self) -> list[Story]:
        """The public ones that say the same."""
        return [self._around[id] for id in self._near.translations]

    @property
    def older(self) -> Story | None:
        return self._around.get(self._near.older or 0) if self.published_at else None

    @property
    def newer(self) -> Story | None:
        return self._around.get(self._near.newer or 0) if self.published_at else None

    def next_posts(self, part: Part | None) -> list[Story]:
        """To be read next. What its footer leads to already is not offered once more."""
        if self.published_at is None:
            return []
        beside = [part.previous, part.next] if part else [self.older, self.newer]
        led_to = {one.id for one in beside if one is not None}
        return [self._around[id] for id in self._near.offered if id not in led_to][:NEXT]

    def is_editable_by(self, user: User) -> bool:
        if user.can(Ability.EDIT_ALL_POSTS):
            return True
        return user.can(Ability.WRITE) and any(one.id == user.id for one in self.authors)


# -- the statements, made once


@lru_cache(maxsize=64)
def _stories(ids: Select[Any], order: Order) -> Select[Any]:
    columns = *_columns(Post, LISTED), *_columns(Upload, PICTURE)
    return select(*columns).outerjoin(Post.cover).where(Post.id.in_(ids)).order_by(*order())


@cache
def _public_articles() -> Select[Any]:
    return _articles(Post.is_public())


def _articles(visible: ColumnElement[bool]) -> Select[Any]:
    """The post itself, if it is visible, and those around it, of which less is read."""
    social, is_own = aliased(Upload), Post.id == ID
    corrected = select(Correction.id).where(Correction.post_id == ID).exists()
    return (
        select(
            *_columns(Post, LISTED),
            *_columns(Upload, PICTURE),
            *(case((is_own, column)) for column in _columns(Post, OWN)),
            corrected,
            *_columns(social, PICTURE),
            *_columns(Series, Topic._fields),
        )
        .outerjoin(Post.cover)
        .outerjoin(social, and_(is_own, social.id == Post.social_picture_id))
        .outerjoin(Series, and_(is_own, Series.id == Post.series_id))
        .where(Post.id.in_(IDS), or_(Post.id != ID, visible))
    )


@cache
def _names() -> CompoundSelect[Any]:
    authors = select(PostAuthor.post_id, literal("authors").label("of"), PostAuthor.position)
    authors = authors.add_columns(*_columns(User, Author._fields)).join(User, User.id == PostAuthor.user_id)
    tags = select(PostTag.post_id, literal("tags"), PostTag.position)
    tags = tags.add_columns(*_columns(Tag, Topic._fields)).join(Tag, Tag.id == PostTag.tag_id)
    both: CompoundSelect[Any] = union_all(
        authors.where(PostAuthor.post_id.in_(IDS)), tags.where(PostTag.post_id.in_(IDS))
    )
    return both.order_by(both.selected_columns.position)


def _name(stories: Mapping[int, Story]) -> None:
    """Gives each its authors and tags."""
    for post_id, of, _position, *named in db.session.connection().execute(_names(), {"ids": list(stories)}):
        if of == "authors":
            stories[post_id].authors.append(Author(*named))
        else:
            stories[post_id].tags.append(TagName(*named))


def _columns(table: Any, names: Iterable[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _picture(values: Sequence[Any]) -> Upload | None:
    return Upload(**dict(zip(PICTURE, values, strict=False))) if values[0] is not None else None


def _series(values: Sequence[Any]) -> SeriesName | None:
    return SeriesName(*values[: len(Topic._fields)]) if values[0] is not None else None
