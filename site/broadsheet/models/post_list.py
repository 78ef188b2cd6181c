"""A page of a list of posts: found, and all pages counted, without a look at all that stands in the list.

The months of a list are counted already (models/list_entry.py). A page lies in one of them, at a distance
from its end that the counts of the later months tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
    values,
)

from broadsheet.lib import clock
from broadsheet.models.base import NOW, UTCDateTime, db
from broadsheet.models.list_entry import ALL, ListCount, ListEntry, ListKind
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.tag import PostTag

if TYPE_CHECKING:
    from broadsheet.models.series import Series
    from broadsheet.models.tag import Tag
    from broadsheet.models.user import User

SHORTEST = timedelta(microseconds=1)
BEFORE: Any = bindparam("before", type_=UTCDateTime)


@dataclass(frozen=True)
class PostList:
    """What readers find of a list at this moment.

    `listed_only` leaves out what is not shown to those who did not ask for it; `start` and `end` narrow it to
    a time; `pinned_first` has the pinned ones stand ahead of all.
    """

    kind: ListKind
    subject_id: int = 0
    listed_only: bool = False
    start: datetime | None = None
    end: datetime | None = None
    pinned_first: bool = False

    # -- which

    @classmethod
    def of_site(cls) -> Self:
        return cls(ListKind.SITE)

    @classmethod
    def of_listed(cls, *, pinned_first: bool = False) -> Self:
        return cls(ListKind.LISTED, pinned_first=pinned_first)

    @classmethod
    def tagged(cls, tag: "Tag") -> Self:
        return cls(ListKind.TAG, tag.id)

    @classmethod
    def by(cls, user: "User") -> Self:
        return cls(ListKind.AUTHOR, user.id)

    @classmethod
    def in_series(cls, series: "Series") -> Self:
        return cls(ListKind.SERIES, series.id)

    def listed(self) -> Self:
        """Those of it that are shown to who did not ask for it."""
        if self.kind == ListKind.SITE:
            return replace(self, kind=ListKind.LISTED)
        return replace(self, listed_only=self.kind != ListKind.LISTED)

    def between(self, start: datetime, end: datetime) -> Self:
        """From `start` on, before `end`."""
        return replace(self, start=start, end=end)

    # -- queries

    def count(self) -> int:
        return _Figures.of(self).total

    def page(self, offset: int, limit: int) -> "Place":
        """Which posts stand there. To order them is left to who asks."""
        return _Figures.of(self, by_month=offset > 0).page(offset, limit)

    def ids(self, before: datetime | None = None) -> Select[Any]:
        """Of all, or of those `before` a moment, the newest first."""
        ends = [moment for moment in (self.end, before) if moment is not None]
        ids = _newest_ids(self.kind, self.subject_id, self.listed_only, min(ends) if ends else None)
        return ids if self.start is None else ids.where(ListEntry.at >= self.start)

    def standing(self) -> "tuple[ScalarSelect[int], ScalarSelect[int], ScalarSelect[int]]":
        """How many entries it has, how many of them are to come, and how many are over: each a part of a
        query."""
        count, to_come, over = ListCount, *list(self.unseen())[:2]
        own = count.kind == self.kind, count.subject_id == self.subject_id, count.month == ALL
        all_ = select(func.coalesce(func.sum(count.many), 0)).where(*own).scalar_subquery()
        how_many = select(func.count()).select_from(ListEntry)
        return all_, how_many.where(*to_come).scalar_subquery(), how_many.where(*over).scalar_subquery()

    def has(self, post_id: Any) -> ColumnElement[bool]:
        """Whether a post, public or not, is what the list is of: tagged so, by that person."""
        whose: dict[ListKind, Any] = {
            ListKind.TAG: (PostTag, PostTag.tag_id),
            ListKind.AUTHOR: (PostAuthor, PostAuthor.user_id),
        }
        if self.kind not in whose:
            return true()
        link, subject = whose[self.kind]
        return exists().where(link.post_id == post_id, subject == self.subject_id)

    def count_by_month(self) -> dict[int, int]:
        """Of those months in UTC that have any."""
        return dict(_Figures.of(self, by_month=True).counts)

    def count_within(self, bounds: list[tuple[datetime, datetime]]) -> list[int]:
        """How many from the one moment on, before the other."""
        table = values(
            column("number", Integer),
            column("starts", UTCDateTime),
            column("ends", UTCDateTime),
            name="bounds",
        )
        rows = table.data([(number, *each) for number, each in enumerate(bounds)]).cte()
        # These stand before the rule of visibility: SQLite searches the index by the first bounds it meets.
        within = ListEntry.at >= rows.c.starts, ListEntry.at < rows.c.ends
        found = ListEntry.found(self.kind, self.subject_id, listed=self.listed_only)
        count = select(func.count()).select_from(ListEntry).where(*within, *found).correlate(rows)
        query = select(count.scalar_subquery()).select_from(rows).order_by(rows.c.number)
        return list(db.session.scalars(query))

    @property
    def is_bounded(self) -> bool:
        return self.start is not None and self.end is not None

    @property
    def is_open(self) -> bool:
        return self.start is None and self.end is None

    def own(self) -> list[ColumnElement[bool]]:
        """Of an entry: whether it is of this list."""
        return [ListEntry.kind == self.kind, ListEntry.subject_id == self.subject_id, *self._within()]

    def _within(self) -> Iterator[ColumnElement[bool]]:
        if self.start is not None:
            yield ListEntry.at >= self.start
        if self.end is not None:
            yield ListEntry.at < self.end

    def unseen(self) -> Iterator[list[ColumnElement[bool]]]:
        """Of the entries that are counted, those that readers do not find: each once, each by an index."""
        entry, key = ListEntry, [ListEntry.kind == self.kind, ListEntry.subject_id == self.subject_id]
        within = list(self._within())
        if self.end is None or self.end > clock.now():
            yield [*key, entry.at > NOW, *within]
        # As a whole, or SQLite would go through the time instead of the few that an index has.
        whole = [case((and_(*within), 1), else_=0) == 1] if within else []
        yield [*key, entry.expires_at <= NOW, entry.at <= NOW, *whole]
        if self.listed_only:
            is_on = or_(entry.expires_at.is_(None), entry.expires_at > NOW)
            yield [*key, not_(entry.listed), entry.at <= NOW, is_on, *whole]


@dataclass(frozen=True)
class PartList:
    """What readers find of a series, in the order of its parts. An index knows it; to count to the place of a
    page is little, as nobody writes ten thousand parts."""

    series: "Series"

    def page(self, offset: int, limit: int) -> "Place":
        parts = Post.in_series(self.series).with_only_columns(Post.id).order_by(*Post.series_order())
        return Place(PostList.in_series(self.series).count(), parts.limit(limit).offset(offset), {})


class Place(NamedTuple):
    """Of a page in its list: how many posts the list has, and the ids of those that stand there."""

    total: int
    ids: Select[Any] | None  # none beyond the end
    parameters: dict[str, Any]  # of `ids`


class _What(IntEnum):
    """What a row of figures tells."""

    COUNTED = 1
    UNSEEN = -1
    PINNED = 0


@dataclass(frozen=True)
class _Figures:
    """How many a list has, month by month or in all, and which are pinned: what it takes to find a page."""

    among: PostList
    counts: list[tuple[int, int]]  # month, how many; the newest first
    pinned: list[int]

    @classmethod
    def of(cls, among: PostList, *, by_month: bool = False) -> Self:
        """In one query."""
        by_month = by_month or among.is_bounded
        counts: dict[int, int] = {}
        pinned = []
        for what, number, at, many in db.session.connection().execute(_question(among, by_month)):
            if what == _What.COUNTED:
                counts[number] = counts.get(number, 0) + many
                continue
            if what == _What.PINNED:
                pinned.append((at, number))
            month = month_of(at) if by_month else ALL
            counts[month] = counts.get(month, 0) - many
        ids = [id for _at, id in sorted(pinned, reverse=True)]
        return cls(among, sorted(counts.items(), reverse=True), ids)

    @property
    def total(self) -> int:
        return sum(many for _month, many in self.counts) + len(self.pinned)

    def page(self, offset: int, limit: int) -> Place:
        if offset >= self.total:
            return Place(self.total, None, {})
        first = self.pinned[offset : offset + limit]
        offset, before = self._after_later_months(max(0, offset - len(self.pinned)))
        shape = before is not None, bool(self.pinned), bool(first)
        parameters: dict[str, Any] = {"limit": limit - len(first), "offset": offset}
        if self.pinned:
            parameters |= {"pinned": self.pinned}
        if first:
            parameters |= {"first": first}
        if self.among.is_open:
            parameters |= {"kind": self.among.kind, "subject": self.among.subject_id}
            if before is not None:
                parameters |= {"before": before}
            return Place(self.total, _kept_ids(self.among.listed_only, *shape), parameters)
        return Place(self.total, _with_pinned(self.among.ids(before), *shape[1:]), parameters)

    def _after_later_months(self, offset: int) -> tuple[int, datetime | None]:
        """How far into its month a place is, and where that month ends; None if it lasts."""
        before = None
        for month, many in self.counts:
            if offset < many or month == ALL:
                break
            offset, before = offset - many, start_of(month)
        return offset, before if before is not None and before <= clock.now() else None


@cache
def _kept_ids(listed: bool, is_before: bool, has_pinned: bool, has_first: bool) -> Select[Any]:
    """Of a list without bounds: the statement is the same, whichever it is."""
    kind: Any = bindparam("kind", type_=ListEntry.kind.type)
    ids = _newest_ids(kind, bindparam("subject"), listed, BEFORE if is_before else None)
    return _with_pinned(ids, has_pinned, has_first)


def _newest_ids(kind: ListKind, subject: Any, listed: bool, before: Any) -> Select[Any]:
    found = ListEntry.found(kind, subject, listed=listed, before=before)
    return select(ListEntry.post_id).where(*found).order_by(*ListEntry.newest_first())


def _with_pinned(ids: Select[Any], has_pinned: bool, has_first: bool) -> Select[Any]:
    """`first` those of the `pinned` that stand on this page."""
    if has_pinned:
        ids = ids.where(ListEntry.post_id.not_in(bindparam("pinned", expanding=True)))
    ids = ids.limit(bindparam("limit")).offset(bindparam("offset"))
    if not has_first:
        return ids
    # Of one source: SQLite would look through all for `this one or one of those`.
    first = select(Post.id).where(Post.id.in_(bindparam("first", expanding=True)))
    both = union_all(first, select(ids.subquery().c.post_id)).subquery()
    return select(both.c[0])


def _question(among: PostList, by_month: bool) -> CompoundSelect[Any]:
    return union_all(*_asked(among, by_month)) if among.end is not None else _kept_question(among, by_month)


@lru_cache(maxsize=256)
def _kept_question(among: PostList, by_month: bool) -> CompoundSelect[Any]:
    """Without an end it is the same at any time."""
    return union_all(*_asked(among, by_month))


def _asked(among: PostList, by_month: bool) -> Iterator[Select[*tuple[Any, ...]]]:
    """(what, month or post, when, how many)"""
    never = cast(null(), UTCDateTime)
    count = ListCount
    of_months = count.month != ALL if by_month else count.month == ALL
    if among.start is not None and among.end is not None:
        first, last = month_of(among.start - SHORTEST) + 1, month_of(among.end)
        of_months = and_(count.month >= first, count.month < last, count.month != ALL)
        edges = [(among.start, start_of(first)), (start_of(last), among.end)]
        for start, end in edges if first <= last else [(among.start, among.end)]:
            if start < end:
                within = ListEntry.at >= start, ListEntry.at < end, *among.own()
                month = literal(month_of(start))
                yield select(literal(_What.COUNTED.value), month, never, func.count()).where(*within)
    yield select(literal(_What.COUNTED.value), count.month, never, count.many).where(
        count.kind == among.kind, count.subject_id == among.subject_id, of_months
    )
    for unseen in among.unseen():
        if by_month:
            yield select(literal(_What.UNSEEN.value), literal(0), ListEntry.at, literal(1)).where(*unseen)
        else:
            yield select(literal(_What.UNSEEN.value), literal(0), never, func.count()).where(*unseen)
    if among.pinned_first:
        yield select(literal(_What.PINNED.value), Post.id, Post.published_at, literal(1)).where(
            Post.pinned, Post.is_public(), Post.is_listed()
        )


def month_of(at: datetime) -> int:
    """Months are numbered as the database does."""
    return at.astimezone(UTC).year * 12 + at.astimezone(UTC).month


def start_of(month: int) -> datetime:
    return datetime((month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
