"""The place of a post in its series: which part it is, of how many, and the parts beside it."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

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
        # The numbers alone come first, out of an index; the titles of two parts after that.
        number = func.row_number().over(order_by=Post.series_order()).label("number")
        own = Post.series_id == post.series.id, Post.is_public()
        parts = select(Post.id, number).where(*own).cte("parts")
        mine, previous, following = parts.alias(), aliased(Post), aliased(Post)

        def beside(distance: int) -> Any:
            one = select(parts.c.id).where(parts.c.number == mine.c.number + distance)
            return one.scalar_subquery()

        query = (
            select(
                mine.c.number,
                select(func.count()).select_from(parts).scalar_subquery(),
                *(getattr(part, name) for part in (previous, following) for name in LINK),
            )
            .select_from(mine)
            .outerjoin(previous, previous.id == beside(-1))
            .outerjoin(following, following.id == beside(1))
            .where(mine.c.id == post.id)
        )
        place = db.session.execute(query).one_or_none()
        if place is None:
            return None
        part, count, *links = place
        halves = links[: len(LINK)], links[len(LINK) :]
        return cls(post.series, part, count, *(PartLink(*half) if half[0] else None for half in halves))
