"""Visits: how often a page was read on a day, and from where readers came. Nothing about the readers.

A day's or an hour's total stands under no path (`""`): a month is thirty rows, however much was read.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Identified, Model, db
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.role import Ability
from broadsheet.models.upsert import insert_or_add

TOTAL = ""  # the path of a total
DIRECT = ""  # the referrer of whoever came from nowhere, or from another page of ours
ELSEWHERE = "…"  # of those who came from a host that is not kept by name

REFERRERS_A_DAY = 2000  # rows that name one: anybody can send any, and must not fill the table
HOURS_KEPT = 15  # days
REFERRERS_KEPT = 90  # days; from then on a page has one row a day
DAYS_KEPT = 2 * 366
ROWS_AT_ONCE = 200  # in a statement: 6 values each, and SQLite once allowed 999

POST = re.compile(r"/post/(\d{1,9})/")


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one page in one hour from one referrer."""

    day: dt.date
    hour: int
    path: str
    referrer: str
    views: int
    arrivals: int


class Visit(Identified, Model):
    """A day's count of one page and one referrer's host."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("day", "path", "referrer"),
        # What is read most is summed up here, without a look at the rows themselves.
        Index("ix_visits_read", "day", "post_id", "views"),
    )

    day: Mapped[dt.date] = mapped_column(Date)  # in the site's time zone
    path: Mapped[str] = mapped_column(String(300))
    referrer: Mapped[str] = mapped_column(String(200), default="")  # host; "" if none, or our own
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    views: Mapped[int] = mapped_column(default=0)  # pages shown
    arrivals: Mapped[int] = mapped_column(default=0)  # of these, not from another page of the site: visits

    # -- queries

    @staticmethod
    def author_for(user: Any) -> int | None:
        """Of whose posts somebody may see the counts: authors of their own, others of the whole site."""
        return None if user.can(Ability.EDIT_ALL_POSTS) else int(user.id)

    @classmethod
    def by_day(cls, since: dt.date, author_id: int | None = None) -> Select[*tuple[Any, ...]]:
        """(day, views, arrivals) of the whole site, or of one author's posts."""
        counts = select(cls.day, func.sum(cls.views), func.sum(cls.arrivals)).where(cls.day >= since)
        of_whom: Select[*tuple[Any, ...]] = _of(cls, counts, author_id)
        return of_whom.group_by(cls.day)

    @classmethod
    def most_read(
        cls, since: dt.date, until: dt.date, author_id: int | None = None
    ) -> Select[*tuple[Any, ...]]:
        """(post, views), the most read first."""
        views = func.sum(cls.views)
        query = (
            select(cls.post_id, views.label("views"))
            .where(cls.day.between(since, until))
            .group_by(cls.post_id)
        )
        if author_id is not None:
            query = query.where(cls.post_id.in_(_posts_of(author_id)))
        read = query.subquery()
        posts = select(Post.id, Post.title, Post.slug, read.c.views).join(read, read.c.post_id == Post.id)
        return posts.order_by(read.c.views.desc(), Post.id.desc())

    @classmethod
    def referrers(cls, since: dt.date, author_id: int | None = None) -> Select[*tuple[Any, ...]]:
        """(host, arrivals), where most came from first."""
        arrivals = func.sum(cls.arrivals)
        query = select(cls.referrer, arrivals).where(cls.day >= since, cls.referrer != DIRECT)
        if author_id is not None:
            query = query.where(cls.post_id.in_(_posts_of(author_id)))
        return query.group_by(cls.referrer).order_by(arrivals.desc(), cls.referrer)

    # -- verbs

    @classmethod
    def add(cls, connection: Connection, tallies: Iterable[Tally]) -> None:
        """Adds to what is counted already; on a connection of its own, for no request waits for it."""
        counted = _with_posts(connection, list(tallies))
        named = _room_for_referrers(connection, [one for one, _post_id in counted])
        days: dict[tuple[Any, ...], list[int]] = {}
        hours: dict[tuple[Any, ...], list[int]] = {}
        for one, post_id in counted:
            known = one.referrer == DIRECT or (one.day, one.path, one.referrer) in named
            referrer = one.referrer if known else ELSEWHERE
            for counts, key in (
                (days, (one.day, one.path, referrer, post_id)),
                (days, (one.day, TOTAL, DIRECT, None)),
                (hours, (one.day, one.hour, one.path, post_id)),
                (hours, (one.day, one.hour, TOTAL, None)),
            ):
                sums = counts.setdefault(key, [0, 0])
                sums[0] += one.views
                sums[1] += one.arrivals
        _upsert(connection, cls.__tablename__, ("day", "path", "referrer", "post_id"), days)
        _upsert(connection, VisitHour.__tablename__, ("day", "hour", "path", "post_id"), hours)

    @classmethod
    def thin_out(cls, today: dt.date) -> int:
        """Forgets what nobody looks at any more; how many rows. Hours go after HOURS_KEPT days. After
        REFERRERS_KEPT a page keeps one row a day, without the referrers; after DAYS_KEPT that goes, too."""
        before = _rows(cls) + _rows(VisitHour)
        session = db.session
        session.execute(delete(VisitHour).where(VisitHour.day < today - dt.timedelta(days=HOURS_KEPT)))
        session.execute(delete(cls).where(cls.day < today - dt.timedelta(days=DAYS_KEPT)))
        old = cls.day < today - dt.timedelta(days=REFERRERS_KEPT)
        named = select(cls.day).where(old, cls.referrer != DIRECT).distinct()
        for day in list(session.scalars(named)):
            sums = select(cls.path, cls.post_id, func.sum(cls.views), func.sum(cls.arrivals))
            of_day = session.execute(sums.where(cls.day == day).group_by(cls.path, cls.post_id)).all()
            session.execute(delete(cls).where(cls.day == day))
            session.add_all(
                cls(day=day, path=path, referrer=DIRECT, post_id=post_id, views=views, arrivals=arrivals)
                for path, post_id, views, arrivals in of_day
            )
            session.flush()
        return before - _rows(cls) - _rows(VisitHour)


class VisitHour(Identified, Model):
    """An hour's count of one page: what today is compared with. Kept for two weeks."""

    __tablename__ = "visit_hours"
    __table_args__ = (UniqueConstraint("day", "hour", "path"),)

    day: Mapped[dt.date] = mapped_column(Date)
    hour: Mapped[int]
    path: Mapped[str] = mapped_column(String(300))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    views: Mapped[int] = mapped_column(default=0)
    arrivals: Mapped[int] = mapped_column(default=0)

    @classmethod
    def by_hour(cls, day: dt.date, author_id: int | None = None) -> Select[*tuple[Any, ...]]:
        """(hour, views, arrivals) of a day."""
        counts = select(cls.hour, func.sum(cls.views), func.sum(cls.arrivals)).where(cls.day == day)
        of_whom: Select[*tuple[Any, ...]] = _of(cls, counts, author_id)
        return of_whom.group_by(cls.hour)


def _of(model: Any, query: Any, author_id: int | None) -> Any:
    if author_id is None:
        return query.where(model.path == TOTAL)
    return query.where(model.post_id.in_(_posts_of(author_id)))


def _posts_of(author_id: int) -> Select[*tuple[Any, ...]]:
    return select(PostAuthor.post_id).where(PostAuthor.user_id == author_id)


def _rows(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _with_posts(connection: Connection, tallies: list[Tally]) -> list[tuple[Tally, int | None]]:
    """With the post that each was about; one that was deleted meanwhile is left out, and its page with it."""
    about = {one.path: int(found[1]) for one in tallies if (found := POST.match(one.path))}
    posts = Post.__table__
    wanted = sorted(set(about.values()))
    alive: set[int] = set()
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        some = wanted[start : start + ROWS_AT_ONCE]
        alive |= set(connection.scalars(select(posts.c.id).where(posts.c.id.in_(some))))
    return [(one, about.get(one.path)) for one in tallies if about.get(one.path) in (None, *alive)]


def _room_for_referrers(connection: Connection, tallies: list[Tally]) -> set[tuple[dt.date, str, str]]:
    """Which pages and referrers may be kept by name: all, until a day has too many; then those it has."""
    wanted: dict[dt.date, Counter[tuple[str, str]]] = {}
    for one in tallies:
        if one.referrer != DIRECT:
            wanted.setdefault(one.day, Counter())[one.path, one.referrer] += one.arrivals
    named: set[tuple[dt.date, str, str]] = set()
    table = Visit.__table__
    for day, pairs in wanted.items():
        of_day = select(table.c.path, table.c.referrer).where(
            table.c.day == day, table.c.referrer.not_in((DIRECT, ELSEWHERE))
        )
        known: set[tuple[str, str]] = {(row.path, row.referrer) for row in connection.execute(of_day)}
        room = max(0, REFERRERS_A_DAY - len(known))
        new = [pair for pair, _arrivals in pairs.most_common() if pair not in known][:room]
        named |= {(day, path, referrer) for path, referrer in pairs if (path, referrer) in known}
        named |= {(day, path, referrer) for path, referrer in new}
    return named


def _upsert(
    connection: Connection, name: str, columns: tuple[str, ...], counts: dict[tuple[Any, ...], list[int]]
) -> None:
    table: Table = db.metadata.tables[name]
    keys = columns[:-1]  # the post follows from the path
    rows = [
        dict(zip(columns, key, strict=True), views=views, arrivals=arrivals)
        # In one order, so that two processes that write at once do not wait for each other for ever.
        for key, (views, arrivals) in sorted(counts.items(), key=lambda item: item[0][:-1])
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        connection.execute(insert_or_add(connection.dialect.name, table, some, keys, ("views", "arrivals")))
