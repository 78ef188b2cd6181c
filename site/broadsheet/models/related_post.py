"""Which posts are related, by their tags and words: reckoned when a post becomes public or changes, and kept.

Whatever is written about, at most some hundred others are looked at: those with the same tags, those around
it in time, and the newest. So it costs the same among a hundred thousand posts.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, delete, insert, literal, select, tuple_, union_all, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock, kinship
from broadsheet.models.base import Model, UTCDateTime, db
from broadsheet.models.list_entry import ListEntry, ListKind
from broadsheet.models.post import Post
from broadsheet.models.tag import PostTag, Tag

KEPT = 8  # of each post: some of them may not be public one day
TAGS = 8  # of a post, by which others are sought
OF_A_TAG = 50  # those nearest by date, on each side
AROUND = 40  # those nearest by date, on each side
NEWEST = 100
BODY_READ = 4000  # characters of its own text; of the others, the title, summary and beginning
RELATED_AT_ONCE = 300  # posts that a chore deals with: some seconds


class RelatedPost(Model):
    """Is read in both directions: so a new post is offered at the end of an old one, whose rows stay."""

    __tablename__ = "related_posts"
    __table_args__ = (
        Index("ix_related_posts_nearest", "post_id", "nearness"),
        Index("ix_related_posts_back", "related_id", "nearness"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    related_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    nearness: Mapped[float]

    # -- queries

    @classmethod
    def nearest_to(cls, id: Any, most: int) -> list[Any]:
        """Ids and nearness, in each direction."""
        ways = (cls.post_id, cls.related_id), (cls.related_id, cls.post_id)
        return [
            select(there.label("id"), cls.nearness)
            .where(here == id)
            .order_by(cls.nearness.desc())
            .limit(most)
            .subquery()
            for here, there in ways
        ]

    # -- verbs

    @classmethod
    def reckon(cls, post: Post) -> int:
        """Writes down which posts this one is related to; how many."""
        near = kinship.nearest(_text_of(post), list(_candidates(post)), KEPT)
        db.session.execute(delete(cls).where(cls.post_id == post.id))
        if near:
            rows = [{"post_id": post.id, "related_id": id, "nearness": nearness} for id, nearness in near]
            db.session.execute(insert(cls), rows)
        _mark(Post.id == post.id, kinship.VERSION)
        return len(near)

    @classmethod
    def reckon_missing(cls, now: datetime) -> int:
        """Of posts that were here before there were such rows, came with an import, or have other tags since.
        Commits after each, so that nobody waits for all of them."""
        waiting = Post.published().where(Post.related_with < kinship.VERSION).with_only_columns(Post.id)
        ids = list(db.session.scalars(waiting.order_by(Post.id.desc()).limit(RELATED_AT_ONCE)))
        db.session.commit()
        for id in ids:
            if post := db.session.get(Post, id):
                cls.reckon(post)
            db.session.commit()
        return len(ids)

    @staticmethod
    def forget(tag: Tag) -> None:
        """Of the posts with this tag, all is reckoned anew one of the next minutes."""
        _mark(Post.id.in_(select(PostTag.post_id).where(PostTag.tag_id == tag.id)), 0)


def _mark(which: Any, version: int) -> None:
    # A statement of its own: nothing of the text changes, and nobody's version of it does.
    db.session.execute(
        update(Post).where(which).values(related_with=version),
        execution_options={"synchronize_session": False},
    )


def _text_of(post: Post) -> kinship.Text:
    words = kinship.words_of(post.title, post.summary, post.body[:BODY_READ])
    return kinship.Text(post.id, frozenset(one.tag_id for one in post.taggings), words)


def _candidates(post: Post) -> Iterator[kinship.Text]:
    ids = union_all(*_ways(post)).subquery()
    columns = (Post.id, Post.title, Post.summary, Post.excerpt)
    root = post.translation_of_id or post.id
    shown = (
        Post.is_each_public(), Post.is_listed(), Post.id != post.id, Post.id != root,
        Post.translation_of_id.is_distinct_from(root),
    )  # fmt: skip
    rows = db.session.execute(select(*columns).where(Post.id.in_(select(ids.c.id)), *shown)).all()
    tags: dict[int, set[int]] = {row.id: set() for row in rows}
    of_tags = select(PostTag.post_id, PostTag.tag_id).where(PostTag.post_id.in_(select(ids.c.id)))
    for post_id, tag_id in db.session.execute(of_tags):
        if post_id in tags:
            tags[post_id].add(tag_id)
    for row in rows:
        words = kinship.words_of(row.title, row.summary, row.excerpt)
        yield kinship.Text(row.id, frozenset(tags[row.id]), words)


def _ways(post: Post) -> Iterator[Select[Any]]:
    place = tuple_(ListEntry.at, ListEntry.post_id)
    own = tuple_(literal(post.published_at or clock.now(), UTCDateTime), literal(post.id))
    ids, newest_first = select(ListEntry.post_id.label("id")), ListEntry.newest_first()
    listed = ids.where(*ListEntry.found(ListKind.LISTED))
    yield _few(listed.order_by(*newest_first), NEWEST)
    yield _few(listed.where(place < own).order_by(*newest_first), AROUND)
    yield _few(listed.where(place > own).order_by(ListEntry.at, ListEntry.post_id), AROUND)
    for tagging in post.taggings[:TAGS]:
        tagged = ids.where(*ListEntry.found(ListKind.TAG, tagging.tag_id, listed=True))
        yield _few(tagged.where(place < own).order_by(*newest_first), OF_A_TAG)
        yield _few(tagged.where(place > own).order_by(ListEntry.at, ListEntry.post_id), OF_A_TAG)


def _few(way: Select[Any], most: int) -> Select[Any]:
    few = way.limit(most).subquery()
    return select(few.c.id)
