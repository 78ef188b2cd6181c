"""What stands beside a post: the one before, the one after, and what to read next."""

from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Select, Subquery, literal, select, tuple_, union_all

from broadsheet.models.base import db
from broadsheet.models.post import Post
from broadsheet.models.related_post import RelatedPost
from broadsheet.models.series_part import Part
from broadsheet.models.tag import PostTag

NEXT = 3  # posts offered at the end
RELATED = 6  # looked at in each direction: some may stand beside the post already, or be public no more
OF_THE_TAG = 2  # of these, at most, on the same topic, as long as nothing was reckoned


@dataclass(frozen=True)
class Neighbours:
    older: Post | None = None
    newer: Post | None = None
    next_posts: list[Post] = field(default_factory=list)

    @classmethod
    def of(cls, post: Post, part: Part | None = None) -> Self:
        """Found in one query, which walks a few steps along an index however many posts there are.

        What its footer leads to already, as the parts of a series beside it, is not offered once more."""
        if post.published_at is None:
            return cls()
        near = _nearest(post)
        found: dict[str, list[Post]] = {"older": [], "newer": [], "tagged": [], "related": []}
        query = select(Post, near.c.relation).join(near, near.c.id == Post.id).where(_may_be_offered())
        query = query.order_by(near.c.nearness.desc())
        for neighbour, relation in db.session.execute(query.options(*Post.for_a_page())).unique():
            found[relation].append(neighbour)
        older = sorted(found["older"], key=_by_date, reverse=True)
        newer = sorted(found["newer"], key=_by_date)
        tagged = sorted(found["tagged"], key=_by_date, reverse=True)
        beside = [part.previous, part.next] if part else older[:1] + newer[:1]
        offered = dict.fromkeys([*found["related"], *tagged[:OF_THE_TAG], *older, *tagged, *newer])
        return cls(
            older=older[0] if older else None,
            newer=newer[0] if newer else None,
            next_posts=[one for one in offered if one not in beside][:NEXT],
        )


def _nearest(post: Post) -> Subquery:
    # The place stands before the rule of visibility: SQLite searches an index by the first bounds it meets.
    older, newer = _place() < _place_of(post), _place() > _place_of(post)
    ways = {
        "older": select(Post.id).where(older, _may_be_offered()).order_by(*Post.newest_first()),
        "newer": select(Post.id).where(newer, _may_be_offered()).order_by(Post.published_at, Post.id),
    }
    if post.taggings:
        ways["tagged"] = _of_the_tag(post)
    related = [
        select(way.c.id, literal("related").label("relation"), way.c.nearness)
        for way in (each.subquery() for each in RelatedPost.nearest_to(post, RELATED))
    ]
    return union_all(*(_few(way, relation) for relation, way in ways.items()), *related).subquery()


def _of_the_tag(post: Post) -> Select[Any]:
    # Nearest by number: the dates of a tag's posts have no index of their own.
    nearest = select(PostTag.post_id.label("id")).where(
        PostTag.tag_id == post.taggings[0].tag_id, PostTag.post_id < post.id
    )
    return nearest.order_by(PostTag.post_id.desc())


def _few(way: Select[Any], relation: str) -> Select[Any]:
    few = way.limit(NEXT + 1).subquery()  # one of them may stand beside the post already
    return select(few.c.id, literal(relation).label("relation"), literal(0.0).label("nearness"))


def _may_be_offered() -> Any:
    return Post.is_public() & Post.is_listed()


def _place() -> Any:
    return tuple_(Post.published_at, Post.id)


def _place_of(post: Post) -> Any:
    return tuple_(literal(post.published_at, Post.published_at.type), literal(post.id))


def _by_date(post: Post) -> tuple[Any, int]:
    return post.published_at, post.id
