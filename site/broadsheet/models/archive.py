"""The archive: what was published in which month, by the calendar of the site's time zone.

A post of New Year's morning stands under the year that its date shows, so months cannot be cut out of the
stored UTC times by a function of the database. Their beginnings are reckoned here and handed to the query.
Only those: an archive from the year 1000 to today has twelve thousand months, and may have posts in three.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, FunctionElement, Select, and_, column, func, select, values
from sqlalchemy.ext.compiler import compiles

from broadsheet.models.base import UTCDateTime, db
from broadsheet.models.post import Post

FIRST_YEAR = 1000  # each month is two of the query's parameters, of which SQLite allows 32,766
LAST_YEAR = 9998


@dataclass(frozen=True)
class Period:
    """A month, or a whole year."""

    year: int
    month: int | None = None

    @property
    def exists(self) -> bool:
        return FIRST_YEAR <= self.year <= LAST_YEAR and (self.month is None or 1 <= self.month <= 12)

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From the first moment on, before the last."""
        start = datetime(self.year, self.month or 1, 1, tzinfo=zone)
        months = start.year * 12 + start.month - 1 + (1 if self.month else 12)
        end = datetime(months // 12, months % 12 + 1, 1, tzinfo=zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    def posts(self, zone: tzinfo) -> Select[Post]:
        return Post.published_between(*self.bounds(zone))


@dataclass(frozen=True)
class Month:
    number: int
    count: int


@dataclass(frozen=True)
class Year:
    number: int
    months: list[Month]

    @property
    def count(self) -> int:
        return sum(month.count for month in self.months)


def years(zone: tzinfo, *, listed: bool = False) -> list[Year]:
    """Every year and month with public posts, or with `listed` ones alone, newest first; two queries."""
    shown = and_(Post.is_public(), Post.is_listed()) if listed else Post.is_public()
    periods = _periods(_one_of_each_month(zone), zone)
    if not periods:
        return []
    found: dict[int, list[Month]] = {}
    for period, count in zip(periods, _counts(periods, zone, shown), strict=True):
        if count and period.month:
            found.setdefault(period.year, []).append(Month(period.month, count))
    return [Year(year, months) for year, months in found.items()]


class _month_of(FunctionElement[datetime]):
    """The first moment of the month, in UTC, in which a moment lies."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(_month_of)
def _in_sql(element: _month_of, compiler: Any, **more: Any) -> str:
    return f"date_trunc('month', {compiler.process(element.clauses, **more)})"


@compiles(_month_of, "sqlite")
def _in_sqlite(element: _month_of, compiler: Any, **more: Any) -> str:
    return f"datetime({compiler.process(element.clauses, **more)}, 'start of month')"


def _one_of_each_month(zone: tzinfo) -> list[datetime]:
    """When the newest post of each month in UTC was published, newest first. The query goes through the index
    from one to the next ("loose index scan"), past what lies between."""
    first, _ = Period(FIRST_YEAR, 1).bounds(zone)

    def newest(*earlier: ColumnElement[bool]) -> Select[Any]:
        # `earlier` stands before the rule of visibility: SQLite searches by the first bounds it meets.
        within = (*earlier, Post.published_at >= first, Post.is_public())
        return select(Post.published_at).where(*within).order_by(Post.published_at.desc()).limit(1)

    walk = select(newest().scalar_subquery().label("at")).cte("walk", recursive=True)
    earlier = newest(Post.published_at < _month_of(walk.c.at)).correlate(walk).scalar_subquery()
    walk = walk.union_all(select(earlier).where(walk.c.at.is_not(None)))
    return list(db.session.scalars(select(walk.c.at).where(walk.c.at.is_not(None))))


def _periods(moments: list[datetime], zone: tzinfo) -> list[Period]:
    """The months of the zone, newest first, in which the months of these moments in UTC begin and end."""
    found = set()
    for at in moments:
        start, end = Period(at.year, at.month).bounds(UTC)
        for edge in (end - timedelta(microseconds=1), start):
            local = edge.astimezone(zone)
            found.add((local.year, local.month))
    return [one for year, month in sorted(found, reverse=True) if (one := Period(year, month)).exists]


def _counts(periods: list[Period], zone: tzinfo, shown: ColumnElement[bool]) -> list[int]:
    table = values(column("starts", UTCDateTime), column("ends", UTCDateTime), name="bounds")
    bounds = table.data([period.bounds(zone) for period in periods]).cte()
    # The month stands before the rule of visibility: SQLite searches the index by the first bounds it meets.
    within = (Post.published_at >= bounds.c.starts) & (Post.published_at < bounds.c.ends) & shown
    count = select(func.count()).select_from(Post).where(within).correlate(bounds).scalar_subquery()
    return list(db.session.scalars(select(count).select_from(bounds).order_by(bounds.c.starts.desc())))
