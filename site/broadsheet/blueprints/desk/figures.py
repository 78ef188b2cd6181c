"""Figures: how much is read, by day and against last week; of the whole site, or of an author's own posts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Visit, VisitHour
from broadsheet.web.filters import zone

DAYS = 30
WEEK = dt.timedelta(days=7)
SHOWN = 5

# The chart's own units; static/css/desk-figures.css stretches it to its column.
WIDTH, HEIGHT, GAP = 600, 150, 5


@dataclass(frozen=True)
class Day:
    date: dt.date
    views: int
    visits: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Figures:
    are_own: bool  # an author's; then a view counts, wherever its reader came from
    today: int
    last_week: int  # by the same time of the same day
    views_today: int
    days: list[Day]
    most_read: list[Any]
    referrers: list[Any]

    @property
    def difference(self) -> int:
        return self.today - self.last_week

    @property
    def same_day_last_week(self) -> dt.date:
        return self.days[-1].date - WEEK

    @property
    def best(self) -> Day:
        return max(self.days, key=self.number)

    @property
    def total(self) -> int:
        return sum(map(self.number, self.days))

    @property
    def bar_width(self) -> float:
        return WIDTH / DAYS - GAP

    def number(self, day: Day) -> int:
        return day.views if self.are_own else day.visits


def figures() -> Figures:
    """In four queries, however much was read."""
    own = Visit.author_for(current_user)
    now = clock.now().astimezone(zone())
    today, week = now.date(), now.date() - WEEK + dt.timedelta(days=1)
    by_day = {
        day: (views, visits) for day, views, visits in db.session.execute(Visit.by_day(first(today), own))
    }
    views, visits = by_day.get(today, (0, 0))
    return Figures(
        are_own=own is not None,
        today=int(visits if own is None else views),
        last_week=until(now, db.session.execute(VisitHour.by_hour(today - WEEK, own)), own is not None),
        views_today=int(views),
        days=days(today, by_day, own is not None),
        most_read=list(db.session.execute(Visit.most_read(week, today, own).limit(SHOWN))),
        referrers=list(db.session.execute(Visit.referrers(week, own).limit(SHOWN))),
    )


def first(today: dt.date) -> dt.date:
    return today - dt.timedelta(days=DAYS - 1)


def until(now: dt.datetime, hours: Any, of_views: bool) -> int:
    """What had come by this time of the day: the hours that are over, and its share of the present one."""
    share = {now.hour: now.minute / 60}
    counted = ((hour, views if of_views else visits) for hour, views, visits in hours)
    return round(sum(number * share.get(hour, 1) for hour, number in counted if hour <= now.hour))


def days(today: dt.date, by_day: dict[dt.date, tuple[int, int]], of_views: bool) -> list[Day]:
    counts = [by_day.get(first(today) + dt.timedelta(days=number), (0, 0)) for number in range(DAYS)]
    most = max(1, *(views if of_views else visits for views, visits in counts))
    found = []
    for number, (views, visits) in enumerate(counts):
        # Somebody came: that is to be seen, however many came on the best day.
        shown = views if of_views else visits
        height = max(2.0, shown / most * HEIGHT) if shown else 0.0
        found.append(
            Day(
                date=first(today) + dt.timedelta(days=number),
                views=int(views),
                visits=int(visits),
                x=round(number * WIDTH / DAYS, 1),
                y=round(HEIGHT - height, 1),
                height=round(height, 1),
            )
        )
    return found
