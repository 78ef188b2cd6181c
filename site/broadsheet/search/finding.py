"""One page of what a question finds, the best first."""

import datetime as dt
import math
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.searching import Piece, Problem, Query, Terms, fold, marked, snippet, words_of
from broadsheet.models import Post, SearchText, Tag
from broadsheet.search.indexes import index

CANDIDATES = 100  # the newest with the words in the title, and as many with the words anywhere
EXAMINED = 400  # finds, in case that some of them are over
WEIGHED = 1_000  # characters of the text, by which a find is weighed against the others


@dataclass
class Find:
    post: Post
    title: list[Piece]
    snippet: list[Piece]


@dataclass
class Finds:
    """`older_than`: there may be more than all pages show, none of them newer than this."""

    items: list[Find] = field(default_factory=list)
    page: int = 1
    has_next: bool = False
    older_than: datetime | None = None
    problems: list[Problem] = field(default_factory=list)


def find(query: Query, *, zone: tzinfo, page: int = 1, per_page: int = 10) -> Finds:
    """Days are those of the `zone`."""
    finds = Finds(page=page, problems=list(query.problems))
    tags = {name: _tag(name) for name in query.tags}
    finds.problems += [Problem("tag", name) for name, tag in tags.items() if tag is None]
    finds.problems += [Problem("author", name) for name in query.authors if not is_somebody(name)]
    if query.is_empty or None in tags.values():
        return finds
    wanted = Wanted(query, [tag for tag in tags.values() if tag], zone)
    places, older_than = wanted.candidates()
    if not places and query.opened() != query:
        wanted.query = query.opened()
        places, older_than = wanted.candidates()
    terms = Terms(wanted.query)
    ranked = _ranked(places, terms, " ".join(query.words)) if query.terms else places
    start = (page - 1) * per_page
    finds.items = _shown(ranked[start : start + per_page], terms)
    finds.has_next = len(ranked) > start + per_page
    finds.older_than = older_than
    return finds


def is_seen(post_id: Any) -> ColumnElement[bool]:
    """Whether readers see the post, asked of each by itself: in a join SQLite would walk through the index of
    all published posts to find the few."""
    post = aliased(Post)
    return select(post.id).where(post.id == post_id, post.is_public()).exists()


def is_found(query: Query, zone: tzinfo = UTC) -> bool:
    tags = [tag for name in query.tags if (tag := _tag(name))]
    return len(tags) == len(query.tags) and bool(Wanted(query, tags, zone).newest(1, in_titles=False))


def is_somebody(name: str) -> bool:
    """Whether a post that readers find bears the name."""
    return is_found(Query(authors=(name,)))


# -- which


@dataclass
class Wanted:
    query: Query
    tags: list[Tag]
    zone: tzinfo

    def candidates(self) -> tuple[list[int], datetime | None]:
        """Places, the newest first; and if there may be more, the date of the oldest."""
        everywhere = self.newest(CANDIDATES, in_titles=False)
        if len(everywhere) < CANDIDATES:
            return everywhere, None  # those with the words in the title are among them
        oldest = datetime.fromtimestamp(everywhere[-1] // SearchText.PLACES_A_SECOND, UTC)
        if not self.query.terms:
            return everywhere, oldest
        titles = self.newest(CANDIDATES, in_titles=True)
        return sorted({*titles, *everywhere}, reverse=True), oldest

    def newest(self, limit: int, *, in_titles: bool) -> list[int]:
        words = index().places(self.query, self.tags, in_titles=in_titles)
        place = words.selected_columns[0]
        bounded = words.where(place < _place_at(clock.now().timestamp() + 1))
        if self.query.after:
            bounded = bounded.where(place >= self._place(self.query.after))
        if self.query.before:
            bounded = bounded.where(place < self._place(self.query.before))
        newest = bounded.order_by(place.desc()).limit(EXAMINED).subquery()
        seen = select(SearchText.place).where(SearchText.place == newest.c.place, is_seen(SearchText.post_id))
        found = select(newest.c.place).where(seen.exists()).order_by(newest.c.place.desc()).limit(limit)
        return list(db.session.scalars(found))

    def _place(self, day: dt.date) -> int:
        """The first of that day."""
        if not MINYEAR < day.year < MAXYEAR:  # the zone might lead out of the calendar
            return -(2**62) if day.year == MINYEAR else 2**62
        return _place_at(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())


def _place_at(seconds: float) -> int:
    return math.floor(seconds) * SearchText.PLACES_A_SECOND


def _tag(name: str) -> Tag | None:
    """By its name, its address, or one that it had; none that only drafts bear."""
    tag = Tag.meant_by(name)
    return tag if tag is not None and tag.is_published else None


# -- in which order


def _ranked(places: list[int], terms: Terms, phrase: str) -> list[int]:
    """Those with all words in the title are ahead; then what has more of them, in better places; then the
    newer one. The text counts by its beginning: who writes about something says so soon."""
    columns = SearchText.place, SearchText.title, SearchText.summary, SearchText.names, SearchText.tags
    query = select(*columns, func.substr(SearchText.body, 1, WEIGHED)).where(SearchText.place.in_(places))
    weights = {}
    for place, title, *others in db.session.execute(query):
        in_title = terms.counts(folded := fold(title))
        weight = 0.0
        for points, text in zip((3, 2, 2, 1), others, strict=True):
            weight += sum(points * count / (count + 1.5) for count in terms.counts(fold(text)))
        weight += 4 * sum(map(bool, in_title)) + (2 if phrase in folded else 0)
        weights[place] = all(in_title), _is(phrase, folded), weight, place
    return sorted(weights, key=weights.__getitem__, reverse=True)


def _is(phrase: str, folded_title: str) -> bool:
    return " ".join(words_of(folded_title)) == phrase


# -- how they look


def _shown(places: list[int], terms: Terms) -> list[Find]:
    if not places:
        return []
    columns = SearchText.place, SearchText.post_id, SearchText.summary, SearchText.body
    texts = {
        place: (post_id, summary, body)
        for place, post_id, summary, body in db.session.execute(
            select(*columns).where(SearchText.place.in_(places))
        )
    }
    wanted = select(Post).where(Post.id.in_([post_id for post_id, *_ in texts.values()]), is_seen(Post.id))
    posts = {post.id: post for post in db.session.scalars(wanted.options(*Post.for_a_list()))}
    finds = []
    for place in places:
        post_id, summary, body = texts[place]
        if post := posts.get(post_id):
            part = snippet(body, terms) or snippet(summary, terms) or [Piece(summary or post.excerpt)]
            finds.append(Find(post, marked(post.title, terms), [piece for piece in part if piece.text]))
    return finds
