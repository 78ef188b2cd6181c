"""The place of a post in its series: which part it is, of how many, and the parts beside it."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import func, select

from broadsheet.models.base import db
from broadsheet.models.post import Post
from broadsheet.models.readable import ReadablePost

LINK = ("id", "slug", "title", "excerpt")


class PartLink(ReadablePost):
    """A part beside it: its title and where it leads."""

    def __init__(self, *values: Any) -> None:
        self.id, self.slug, self.title, self.excerpt = values


@dataclass(frozen=True)
class Part:
    series: Any
    number: int
    count: int
    previous: PartLink | None = None
    next: PartLink | None = None

    @classmethod
    def of(cls, post: Any) -> Self | None:
        """Among what readers can see; None for what stands in no series, or is not public itself.

        One query, however long the series is, and none without a series.
        """
        if post.series is None or not post.is_published:
            return None
        order = Post.series_order()
        columns = [getattr(Post, name) for name in LINK]
        places = select(
            Post.id,
            func.row_number().over(order_by=order),
            func.count().over(),
            *(func.lag(column).over(order_by=order) for column in columns),
            *(func.lead(column).over(order_by=order) for column in columns),
        ).where(Post.series_id == post.series.id, Post.is_public())
        found = places.subquery()
        place = db.session.execute(select(found).where(found.c.id == post.id)).one_or_none()
        if place is None:
            return None
        _id, number, count, *beside = place
        links = (PartLink(*half) if half[0] else None for half in (beside[: len(LINK)], beside[len(LINK) :]))
        return cls(post.series, number, count, *links)
