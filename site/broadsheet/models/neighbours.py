"""What stands around a post: the one before, the one after, what to read next, and its translations."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    Select,
    String,
    Subquery,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from broadsheet.models.base import db
from broadsheet.models.list_entry import ListEntry, ListKind
from broadsheet.models.post import Post
from broadsheet.models.related_post import RelatedPost
from broadsheet.models.tag import PostTag

NEXT = 3  # posts offered at the end
RELATED = 6  # looked at in each direction: some may stand beside the post already, or be public no more
TRANSLATIONS = 200  # looked at, the oldest first, to find one in each language
OF_THE_TAG = 2  # of these, at most, on the same topic, as long as nothing was reckoned

ID, OWN = bindparam("id", type_=Post.id.type), aliased(Post)
RELATIONS = ("older", "newer", "tagged", "related", "translation")


class Neighbours(NamedTuple):
    """By their ids."""

    older: int | None = None
    newer: int | None = None
    offered: tuple[
        int, ...
    ] = ()  # the best first, and more than NEXT: some may stand beside the post already
    translations: tuple[int, ...] = ()

    @property
    def ids(self) -> set[int]:
        return {id for id in (self.older, self.newer) if id} | {*self.offered, *self.translations}

    @classmethod
    def of(cls, id: int) -> Self:
        """Found in one query, which walks a few steps along an index however many posts there are."""
        rows = db.session.connection().execute(_around(), {"id": id}).all()
        found: dict[str, list[Any]] = {relation: [] for relation in RELATIONS}
        for row in rows:
            found[row.relation].append(row)
        related = sorted(found["related"], key=lambda row: -row.nearness)
        older = sorted(found["older"], key=_by_date, reverse=True)
        newer = sorted(found["newer"], key=_by_date)
        tagged = sorted(found["tagged"], key=_by_date, reverse=True)
        offered = dict.fromkeys(row.id for row in [*related, *tagged[:OF_THE_TAG], *older, *tagged, *newer])
        return cls(
            older=older[0].id if older else None,
            newer=newer[0].id if newer else None,
            offered=tuple(offered)[: NEXT + 2],
            translations=_oldest_in_each_language(found["translation"]),
        )


def _oldest_in_each_language(rows: list[Any]) -> tuple[int, ...]:
    oldest: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.id):
        oldest.setdefault(row.language, row.id)
    return tuple(oldest.values())


@cache
def _around() -> Select[Any]:
    place, own = tuple_(ListEntry.at, ListEntry.post_id), tuple_(_own(OWN.published_at), ID)
    entry, newest_first = select(ListEntry.post_id.label("id")), ListEntry.newest_first()
    # The place stands before the rule of visibility: SQLite searches an index by the first bounds it meets.
    older = entry.where(place < own, *ListEntry.found(ListKind.LISTED))
    newer = entry.where(place > own, *ListEntry.found(ListKind.LISTED))
    first = select(PostTag.tag_id).where(PostTag.post_id == ID).order_by(PostTag.position).limit(1)
    of_the_tag = ListEntry.found(ListKind.TAG, first.scalar_subquery(), listed=True)
    near = union_all(
        _few(older.order_by(*newest_first), "older"),
        _few(newer.order_by(ListEntry.at, ListEntry.post_id), "newer"),
        _few(entry.where(place < own, *of_the_tag).order_by(*newest_first), "tagged"),
        *(_as(way, "related", way.c.nearness) for way in RelatedPost.nearest_to(ID, RELATED)),
        *(_as(way, "translation") for way in _saying_the_same()),
    ).subquery()
    # To sort by, it need not become a moment.
    date = type_coerce(Post.published_at, String).label("date")
    return (
        select(near.c.relation, near.c.nearness, Post.id, date, Post.language)
        .select_from(near)
        .join(Post, Post.id == near.c.id)
        .where(Post.id != ID, Post.is_each_public(), or_(Post.is_listed(), near.c.relation == "translation"))
    )


def _saying_the_same() -> Iterator[Subquery]:
    first = _own(func.coalesce(OWN.translation_of_id, OWN.id))
    yield select(first.label("id")).subquery()
    others = select(Post.id).where(Post.translation_of_id == first)
    yield others.order_by(Post.id).limit(TRANSLATIONS).subquery()


def _few(way: Select[Any], relation: str) -> Select[Any]:
    return _as(way.limit(NEXT + 1).subquery(), relation)  # one of them may stand beside the post already


def _as(way: Any, relation: str, nearness: Any = None) -> Select[Any]:
    nearness = literal(0.0) if nearness is None else nearness
    return select(way.c.id, literal(relation).label("relation"), nearness.label("nearness"))


def _own(expression: Any) -> Any:
    """What is found of the post itself, within a question about others."""
    return select(expression).where(OWN.id == ID).scalar_subquery()


def _by_date(row: Any) -> Any:
    return row.date, row.id
