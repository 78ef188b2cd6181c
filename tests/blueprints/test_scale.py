"""A page costs the same however many posts there are: counted in the steps of SQLite, which no other work on
the machine changes. On the clock: `python3 manage.py bench`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, PostAuthor, PostTag, Series, Tag

FEW, MANY = 240, 2_400
GRAIN = 10  # steps
# What may differ: a walk to the place within a month, a deeper tree of an index.
MORE = 1.3, 2_000

PAGES = (
    "/",
    "/?page=20",
    "/?page={last}",
    "{post}",
    "/tag/many",
    "/tag/many?page={last}",
    "/tag/seldom",
    "/user/ann",
    "/user/ann?page={last}",
    "/archive",
    "/archive/{year}",
    "/archive/{year}/{month}",
    "/tags",
    "/series",
    "/authors",
    "/feed.atom",
    "/tag/many/feed.atom",
    "/user/ann/feed.atom",
    "/desk",
    "/desk/tags",
    "/desk/people",
)


@pytest.fixture
def steps(app) -> Callable[[], Iterator[list[int]]]:
    """`with steps() as taken: …; sum(taken)`."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite tells its steps")

    @contextmanager
    def counting() -> Iterator[list[int]]:
        taken: list[int] = []

        def watch(connection, *_: object) -> None:
            connection.set_progress_handler(lambda: taken.append(GRAIN), GRAIN)

        def leave(connection, *_: object) -> None:
            connection.set_progress_handler(None, GRAIN)

        db.session.remove()
        event.listen(db.engine, "checkout", watch)
        event.listen(db.engine, "checkin", leave)
        yield taken
        db.session.remove()
        event.remove(db.engine, "checkout", watch)
        event.remove(db.engine, "checkin", leave)

    return counting


def write(first: int, last: int, count: int, ann) -> None:
    """Posts of twenty years, as evenly as they can lie: so many in all, of which these are written now."""
    many, seldom = Tag.named(["Many", "Seldom"])
    (series,) = Series.named(["All of it"])
    db.session.flush()
    now, years = clock.now(), timedelta(days=7300)
    rows = [
        {
            "title": f"Post {number}",
            "slug": f"post-{number}",
            "status": "published",
            "published_at": now - years + years * (number % FEW * MANY / FEW + number / FEW) / MANY,
            "updated_at": now,
            "html": "<p>Text.</p>",
            "series_id": series.id if number < 12 else None,
        }
        for number in range(first, last)
    ]
    ids = db.session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows).all()
    tags = [{"post_id": id, "tag_id": many.id} for id in ids]
    tags += [{"post_id": id, "tag_id": seldom.id} for id in ids if id <= 20]
    db.session.execute(insert(PostTag), tags)
    db.session.execute(insert(PostAuthor), [{"post_id": id, "user_id": ann.id} for id in ids])
    db.session.commit()


def test_a_page_costs_the_same_with_few_posts_and_with_many(client, unpressed, sign_in, ada, ann, steps):
    desk = sign_in(ada)
    costs = []
    for first, last in ((0, FEW), (FEW, MANY)):
        write(first, last, last, ann)
        post = db.session.scalars(select(Post).order_by(Post.published_at).offset(last // 2).limit(1)).one()
        words = {
            "post": post.path,
            "last": last // 12,
            "year": post.published_at.year,
            "month": post.published_at.month,
        }
        costs.append({})
        for page in PAGES:
            browser, path = desk if page.startswith("/desk") else client, page.format_map(words)
            assert browser.get(path).status_code == 200, path
            with steps() as taken:
                browser.get(path)
            costs[-1][page] = sum(taken)
        costs[-1]["publish"] = publish(ann, steps)
    few, many = costs
    factor, more = MORE
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page] * factor + more} == {}


def publish(ann, steps) -> int:
    post = Post()
    post.revise(by=ann, title="News", body="It *happened*.", authors=[ann], tags=Tag.named(["Many"]))
    db.session.commit()
    id = post.id
    with steps() as taken:
        db.session.get(Post, id).publish()
        db.session.commit()
    return sum(taken)
