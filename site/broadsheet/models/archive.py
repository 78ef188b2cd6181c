"""The archive: what was published in which month, by the calendar of the site's time zone.

A post of New Year's morning stands under the year that its date shows, so months cannot be cut out of the
stored UTC times by a function of the database. Their beginnings are reckoned here and handed to the query.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Select, column, func, select, values

from broadsheet.lib import clock
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


def years(zone: tzinfo) -> list[Year]:
    """Every year and month with public posts, newest first; two queries."""
    dates = select(Post.published_at).where(Post.is_public()).order_by(Post.published_at)
    oldest = db.session.scalar(dates.limit(1))
    if oldest is None:
        return []
    periods = _since(oldest.astimezone(zone), clock.now().astimezone(zone))
    found: dict[int, list[Month]] = {}
    for period, count in zip(periods, _counts(periods, zone), strict=True):
        if count and period.month:
            found.setdefault(period.year, []).append(Month(period.month, count))
    return [Year(year, months) for year, months in found.items()]


def _since(oldest: datetime, latest: datetime) -> list[Period]:
    first = max(oldest.year * 12 + oldest.month - 1, FIRST_YEAR * 12)
    last = latest.year * 12 + latest.month - 1
    return [Period(month // 12, month % 12 + 1) for month in range(last, first - 1, -1)]


def _counts(periods: list[Period], zone: tzinfo) -> list[int]:
    table = values(column("starts", UTCDateTime), column("ends", UTCDateTime), name="bounds")
    bounds = table.data([period.bounds(zone) for period in periods]).cte()
    # The month stands before the rule of visibility: SQLite searches the index by the first bounds it meets.
    within = (Post.published_at >= bounds.c.starts) & (Post.published_at < bounds.c.ends) & Post.is_public()
    count = select(func.count()).select_from(Post).where(within).correlate(bounds).scalar_subquery()
    return list(db.session.scalars(select(count).select_from(bounds).order_by(bounds.c.starts.desc())))
