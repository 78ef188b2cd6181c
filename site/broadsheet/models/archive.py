"""The archive: what was published in which month, by the calendar of the site's time zone.

A post of New Year's morning stands under the year that its date shows, so the months that the database counts
in UTC are put right here, by the hours between.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Self

from broadsheet.models.post_list import PostList, start_of

FIRST_YEAR = 1000  # each month is two of the query's parameters, of which SQLite allows 32,766
LAST_YEAR = 9998


@dataclass(frozen=True)
class Period:
    """A month, or a whole year."""

    year: int
    month: int | None = None

    @classmethod
    def numbered(cls, month: int) -> Self:
        """As the counts number them."""
        return cls((month - 1) // 12, (month - 1) % 12 + 1)

    @property
    def exists(self) -> bool:
        return FIRST_YEAR <= self.year <= LAST_YEAR and (self.month is None or 1 <= self.month <= 12)

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From the first moment on, before the last."""
        start = datetime(self.year, self.month or 1, 1, tzinfo=zone)
        months = start.year * 12 + start.month - 1 + (1 if self.month else 12)
        end = datetime(months // 12, months % 12 + 1, 1, tzinfo=zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    def posts(self, zone: tzinfo) -> PostList:
        return PostList.of_site().between(*self.bounds(zone))


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
    posts = PostList.of_listed() if listed else PostList.of_site()
    found: dict[int, list[Month]] = {}
    for month, count in sorted(_by_the_zone(posts, zone).items(), reverse=True):
        period = Period.numbered(month)
        if count and period.exists and period.month:
            found.setdefault(period.year, []).append(Month(period.month, count))
    return [Year(year, months) for year, months in found.items()]


def _by_the_zone(posts: PostList, zone: tzinfo) -> Counter[int]:
    """How many of each month. They are counted by the months in UTC; what lies between the beginning of a
    month there and here, some hours, belongs to its neighbour."""
    counts = Counter(posts.count_by_month())
    edges = []
    for month in sorted({*counts, *(month + 1 for month in counts)}):
        period = Period.numbered(month)
        if not period.exists:
            continue
        here, there = period.bounds(zone)[0], start_of(month)
        source, target = (month - 1, month) if here < there else (month, month - 1)
        if here != there and source in counts:
            edges.append((min(here, there), max(here, there), source, target))
    within = posts.count_within([(start, end) for start, end, *_months in edges]) if edges else []
    for (_start, _end, source, target), many in zip(edges, within, strict=True):
        counts[source] -= many
        counts[target] += many
    return counts
