"""Lists of posts: whatever is done to posts, tags and people, a list has exactly what is public."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import Select, delete, func, insert, select, text, update

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import PartList, Post, PostAuthor, PostList, PostTag, Series, Tag, User, sitemap
from broadsheet.models.archive import FIRST_YEAR, Period, years
from broadsheet.models.content import Status

ROUNDS, CHANGES = 9, 12
NOW = datetime(2024, 3, 31, 22, 30, tzinfo=UTC)  # the first of April in Berlin
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.fixture
def frozen() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def plain(*conditions: Any) -> Select[Any]:
    return Post.published().where(*conditions).with_only_columns(Post.id)


def tagged(tag: Tag) -> Any:
    return Post.id.in_(select(PostTag.post_id).where(PostTag.tag_id == tag.id))


def written_by(user: User) -> Any:
    return Post.id.in_(select(PostAuthor.post_id).where(PostAuthor.user_id == user.id))


def pages(among: Any, order: tuple[Any, ...], per_page: int) -> tuple[int, list[int]]:
    """The total, and all ids, page after page."""
    found: list[int] = []
    total = offset = 0
    while offset <= total:
        place = among.page(offset, per_page)
        total = place.total
        if place.ids is not None:
            which = select(Post.id).where(Post.id.in_(place.ids)).order_by(*order)
            found += db.session.scalars(which, place.parameters)
        offset += per_page
    return total, found


def agree(among: Any, query: Select[Any], order: tuple[Any, ...], what: str, per_page: int) -> None:
    expected = list(db.session.scalars(query.order_by(*order)))
    assert pages(among, order, per_page) == (len(expected), expected), what


def compare(chance: random.Random) -> None:
    """Every list and count with what a plain question finds."""
    newest, listed, size = Post.newest_first(), Post.is_listed(), chance.choice((1, 2, 3, 7))
    agree(PostList.of_site(), plain(), newest, "site", size)
    agree(PostList.of_site().listed(), plain(listed), newest, "listed", size)
    agree(PostList.of_listed(pinned_first=True), plain(listed), Post.front_page_order(), "front", size)
    tags, people, series = (list(db.session.scalars(select(kind))) for kind in (Tag, User, Series))
    for tag in tags:
        agree(PostList.tagged(tag), plain(tagged(tag)), newest, f"tag {tag.id}", size)
        agree(
            PostList.tagged(tag).listed(), plain(tagged(tag), listed), newest, f"feed of tag {tag.id}", size
        )
        assert tag.is_published == bool(db.session.scalars(plain(tagged(tag))).first())
    for person in people:
        agree(PostList.by(person), plain(written_by(person)), newest, f"user {person.id}", size)
    for one in series:
        own = Post.series_id == one.id
        agree(PostList.in_series(one), plain(own), newest, f"series {one.id}", size)
        agree(PartList(one), plain(own), Post.series_order(), f"parts of series {one.id}", size)
    for zone in (UTC, BERLIN, NEW_YORK):
        shown = [(year.number, month.number, month.count) for year in years(zone) for month in year.months]
        assert shown == months(plain(), zone)
        in_sitemap = [
            (year.number, month.number, month.count)
            for year in years(zone, listed=True)
            for month in year.months
        ]
        assert in_sitemap == months(plain(listed), zone)
        for period in (Period(2024), Period(2024, 3), Period(2024, 4), Period(2023)):
            start, end = period.bounds(zone)
            query = plain(Post.published_at >= start, Post.published_at < end)
            agree(period.posts(zone), query, newest, f"{period} in {zone}", size)
    compare_counts(tags, people, series)


def months(query: Select[Any], zone: Any) -> list[tuple[int, int, int]]:
    counts: dict[tuple[int, int], int] = {}
    for at in db.session.scalars(query.with_only_columns(Post.published_at)):
        local = at.astimezone(zone)
        if local.year >= FIRST_YEAR:
            counts[local.year, local.month] = counts.get((local.year, local.month), 0) + 1
    return [(*month, count) for month, count in sorted(counts.items(), reverse=True)]


def compare_counts(tags: list[Tag], people: list[User], series: list[Series]) -> None:
    def count(query: Select[Any]) -> int:
        return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0

    every = select(Post.id)
    listed = Post.is_listed()
    of_series = lambda one: Post.series_id == one.id  # noqa: E731  beside `tagged`
    for kind, topics, of in ((Tag, tags, tagged), (Series, series, of_series)):
        counts = kind.counts(topics)
        for topic in topics:
            all_, public = count(every.where(of(topic))), count(plain(of(topic)))
            assert tuple(counts.get(topic.id, (0, 0))) == (all_, public), topic
        shown = {topic.id for topic in topics if count(plain(of(topic), listed))}
        assert {topic.id for topic in db.session.scalars(kind.listed())} == shown
    kept, public = Post.count_by_author(people), Post.count_public(people)
    for person in people:
        here = every.where(written_by(person), Post.trashed_at.is_(None))
        assert kept.get(person.id, 0) == count(here)
        assert public.get(person.id, 0) == count(plain(written_by(person)))
    bylines = {person.id for person in people if count(plain(written_by(person), listed))}
    assert {person.id for person in db.session.scalars(User.listed())} == bylines
    in_parts = {number: many for number, many in sitemap._posts().items() if many}
    assert in_parts == ({1: count(plain(listed))} if count(plain(listed)) else {})


class Newsroom:
    """Does anything to anything, through the models and behind their back."""

    def __init__(self, chance: random.Random, people: list[User]) -> None:
        self.chance, self.people = chance, people
        self.tags = Tag.named(["One", "Two", "Three", "Four"])
        self.series = Series.named(["First", "Second"])
        db.session.flush()
        self.deeds: list[Callable[[], None]] = [
            self.write, self.write, self.write, self.save, self.publish, self.schedule, self.unpublish,
            self.end, self.trash, self.recover, self.delete, self.pin, self.unlist, self.move, self.retag,
            self.rewrite, self.bulk_dates, self.bulk_status, self.bulk_trash, self.bulk_tags,
            self.bulk_delete, self.merge, self.drop_tag, self.drop_series, self.nothing,
        ]  # fmt: skip

    def some(self) -> Post | None:
        posts = list(db.session.scalars(select(Post).order_by(Post.id)))
        return self.chance.choice(posts) if posts else None

    def at(self) -> datetime:
        """Often on the edge of a month, here or elsewhere; now and then to come."""
        edge = datetime(2024, self.chance.choice((1, 3, 4)), 1, tzinfo=UTC)
        return edge + timedelta(hours=self.chance.choice((-30 * 24, -7, -5, -2, -1, 0, 1, 3, 5, 400, 1500)))

    def few(self, items: list[Any]) -> list[Any]:
        return self.chance.sample(items, self.chance.randint(0, min(3, len(items))))

    def change(self) -> None:
        self.chance.choice(self.deeds)()

    def write(self) -> None:
        post = Post()
        post.revise(
            by=None,
            title=f"Post {self.chance.random()}",
            body="Text.",
            authors=self.few(self.people),
            tags=self.few(self.tags),
            unlisted=self.chance.random() < 0.2,
            series_id=self.chance.choice([None, None, *(one.id for one in self.series)]),
            series_position=self.chance.choice([None, 1, 2, 3]),
        )
        post.publish(self.chance.choice([None, self.at(), self.at(), self.at()]))

    def save(self) -> None:
        if post := self.some():
            post.revise(by=None, body=f"Other text {self.chance.random()}.")

    def publish(self) -> None:
        if post := self.some():
            post.publish(self.chance.choice([None, self.at()]))

    def schedule(self) -> None:
        if post := self.some():
            post.schedule(self.at())

    def unpublish(self) -> None:
        if post := self.some():
            post.unpublish()

    def end(self) -> None:
        if post := self.some():
            post.end(self.chance.choice([None, self.at()]))

    def trash(self) -> None:
        if post := self.some():
            post.trash()

    def recover(self) -> None:
        if post := self.some():
            post.recover()

    def delete(self) -> None:
        if post := self.some():
            post.delete()

    def pin(self) -> None:
        if post := self.some():
            self.chance.choice([post.pin, post.unpin])()

    def unlist(self) -> None:
        if post := self.some():
            post.revise(by=None, unlisted=not post.unlisted)

    def move(self) -> None:
        if post := self.some():
            post.revise(by=None, series_id=self.chance.choice([None, *(one.id for one in self.series)]))

    def retag(self) -> None:
        if post := self.some():
            post.revise(by=None, tags=self.few(self.tags))

    def rewrite(self) -> None:
        if post := self.some():
            post.revise(by=None, authors=self.few(self.people))

    def bulk_dates(self) -> None:
        at = self.at()
        self.statement(update(Post).where(Post.id % 3 == self.chance.randint(0, 2)).values(published_at=at))

    def bulk_status(self) -> None:
        status = self.chance.choice(list(Status))
        self.statement(update(Post).where(Post.id % 4 == self.chance.randint(0, 3)).values(status=status))

    def bulk_trash(self) -> None:
        trashed_at = self.chance.choice([None, clock.now()])
        self.statement(
            update(Post).where(Post.id % 5 == self.chance.randint(0, 4)).values(trashed_at=trashed_at)
        )

    def bulk_tags(self) -> None:
        posts = set(db.session.scalars(select(Post.id)))
        tag = self.chance.choice(self.tags)
        have = set(db.session.scalars(select(PostTag.post_id).where(PostTag.tag_id == tag.id)))
        if rows := [{"post_id": id, "tag_id": tag.id, "position": 9} for id in sorted(posts - have)]:
            db.session.execute(insert(PostTag), rows)
        db.session.expire_all()

    def bulk_delete(self) -> None:
        self.statement(delete(Post).where(Post.id % 7 == self.chance.randint(0, 6)))

    def merge(self) -> None:
        if len(self.tags) > 2:
            tag = self.tags.pop(self.chance.randrange(len(self.tags)))
            tag.merge_into(self.chance.choice(self.tags))

    def drop_tag(self) -> None:
        if len(self.tags) > 2:
            self.tags.pop(self.chance.randrange(len(self.tags))).delete()
        else:
            self.tags += Tag.named([f"Tag {self.chance.random()}"])
            db.session.flush()

    def drop_series(self) -> None:
        if len(self.series) > 1:
            self.series.pop().delete()
            db.session.flush()
            db.session.expire_all()

    def nothing(self) -> None:
        """Given up: what was counted is taken back."""
        self.write()
        db.session.rollback()

    def statement(self, statement: Any) -> None:
        db.session.flush()
        db.session.execute(statement, execution_options={"synchronize_session": False})
        for one in list(db.session):
            if isinstance(one, Post):
                db.session.expunge(one)
        db.session.expire_all()


def test_lists_and_counts_are_those_of_a_plain_question(
    app: Any, ann: User, ben: User, ed: User, frozen: Any
) -> None:
    chance = random.Random(2)  # noqa: S311  of no consequence
    newsroom = Newsroom(chance, [ann, ben, ed])
    db.session.commit()
    for _round in range(ROUNDS):
        for _change in range(CHANGES):
            newsroom.change()
            db.session.commit()
        frozen.shift(
            timedelta(hours=chance.choice((0, 0, 1, 24, 300)))
        )  # what is scheduled comes, what ends goes
        compare(chance)


def test_the_counts_are_those_of_the_entries(app: Any, ann: User, frozen: Any) -> None:
    newsroom = Newsroom(random.Random(3), [ann])  # noqa: S311  of no consequence
    for _change in range(80):
        newsroom.change()
        db.session.commit()
    entries = text("SELECT kind, subject_id, count(*) FROM list_entries GROUP BY 1, 2 ORDER BY 1, 2")
    counts = text("SELECT kind, subject_id, many FROM list_counts WHERE month = 0 ORDER BY 1, 2")
    of_months = text(
        "SELECT kind, subject_id, sum(many) FROM list_counts WHERE month <> 0 GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert db.session.execute(entries).all() == db.session.execute(counts).all()
    assert db.session.execute(entries).all() == db.session.execute(of_months).all() != []
