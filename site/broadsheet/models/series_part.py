"""The place of a post in its series: which part it is, of how many, and the parts beside it."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select

from broadsheet.models.base import db
from broadsheet.models.post import Post
from broadsheet.models.series import Series


@dataclass(frozen=True)
class Part:
    series: Series
    number: int
    count: int
    previous: Post | None = None
    next: Post | None = None

    @classmethod
    def of(cls, post: Post) -> Self | None:
        """Among what readers can see; None for what stands in no series, or is not public itself.

        Two queries, however long the series is, and none without a series.
        """
        if post.series is None or not post.is_published:
            return None
        order = Post.series_order()
        places = select(
            Post.id,
            func.row_number().over(order_by=order).label("number"),
            func.count().over().label("parts"),
            func.lag(Post.id).over(order_by=order).label("previous"),
            func.lead(Post.id).over(order_by=order).label("next"),
        ).where(Post.series_id == post.series_id, Post.is_public())
        found = places.subquery()
        place = db.session.execute(select(found).where(found.c.id == post.id)).one_or_none()
        if place is None:
            return None
        beside = select(Post).where(Post.id.in_([place.previous, place.next])).options(*Post.for_a_link())
        posts = {one.id: one for one in db.session.scalars(beside)}
        return cls(post.series, place.number, place.parts, posts.get(place.previous), posts.get(place.next))
