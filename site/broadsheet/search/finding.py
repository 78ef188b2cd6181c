"""One page of what a question finds, the best first."""

import datetime as dt
import itertools
import math
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.searching import (
    LOOKED_AT,
    Piece,
    Problem,
    Query,
    Terms,
    fold,
    marked,
    snippet,
    words_of,
)
from broadsheet.models import Post, SearchText, Tag
from broadsheet.search.indexes import Newest, Question, index

CANDIDATES = 100  # the newest with the words in the title, and as many with the words anywhere
EXAMINED = 400  # finds, if some of them are over
WEIGHED = 1_000  # characters of the text, by which a find is weighed against the others
POINTS = 3, 2, 2, 1  # for a word in the summary, the names, the tags, the text
MOST_COUNTED = 8  # of a word; more of it make nothing much heavier

_readable = aliased(Post)  # once: what SQLAlchemy learns of an alias costs some milliseconds


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
    strangers = [name for name in query.authors if not is_somebody(name)]
    finds.problems += [Problem("author", name) for name in strangers]
    if query.is_empty or strangers or None in tags.values():
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
    return select(_readable.id).where(_readable.id == post_id, _readable.is_public()).exists()


def is_found(query: Query) -> bool:
    tags = [_tag(name) for name in query.tags]
    return None not in tags and Wanted(query, [tag for tag in tags if tag], UTC).is_found()


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
        """Places, the newest first; and if there may be more, the date to which was looked."""
        for many in (CANDIDATES, EXAMINED):
            everywhere, looked_to = self._newest(many)
            # Else those with the words in the title are among them.
            titles = self._newest(many, in_titles=True).places if looked_to and self.query.terms else []
            seen = _seen({*everywhere, *titles})
            found = [place for place in everywhere if place in seen][:CANDIDATES]
            if len(found) == CANDIDATES or len(everywhere) < many:
                break
        if looked_to is None:
            return found, None
        in_titles = [place for place in titles if place in seen][:CANDIDATES]
        oldest = found[-1] if len(found) == CANDIDATES else looked_to
        return sorted({*in_titles, *found}, reverse=True), _date_of(oldest)

    def is_found(self) -> bool:
        newest = self._newest(1).places
        return bool(_seen(newest) or (newest and _seen(self._newest(EXAMINED).places)))

    def _newest(self, many: int, *, in_titles: bool = False) -> Newest:
        """Not all of them are still seen."""
        # One bound on each side: of two, SQLite would walk from the one to the other.
        end = _place_at(clock.now().timestamp() + 1)
        if self.query.before:
            end = min(end, self._place(self.query.before))
        start = self._place(self.query.after) if self.query.after else None
        return index().newest(Question(self.query, self.tags, end, start, in_titles), many)

    def _place(self, day: dt.date) -> int:
        """The first of that day."""
        if not MINYEAR < day.year < MAXYEAR:  # the zone might lead out of the calendar
            return -(2**62) if day.year == MINYEAR else 2**62
        return _place_at(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())


def _place_at(seconds: float) -> int:
    return math.floor(seconds) * SearchText.PLACES_A_SECOND


def _date_of(place: int) -> datetime:
    return datetime.fromtimestamp(place // SearchText.PLACES_A_SECOND, UTC)


def _seen(places: Collection[int]) -> set[int]:
    if not places:
        return set()
    query = select(SearchText.place).where(SearchText.place.in_(places), is_seen(SearchText.post_id))
    return set(db.session.scalars(query))


def _tag(name: str) -> Tag | None:
    """By its name, its address, or one that it had; none that only drafts bear."""
    tag = Tag.meant_by(name)
    return tag if tag is not None and Wanted(Query(), [tag], UTC).is_found() else None


# -- in which order


def _ranked(places: list[int], terms: Terms, phrase: str) -> list[int]:
    """Those with all words in the title are ahead; then what has more of them, in better places; then the
    newer one. The text counts by its beginning: who writes about something says so soon."""
    columns = SearchText.place, SearchText.title, SearchText.summary, SearchText.names, SearchText.tags
    query = select(*columns, func.substr(SearchText.body, 1, WEIGHED)).where(SearchText.place.in_(places))
    weights = {}
    for place, title, *others in db.session.execute(query):
        folded = fold(title)
        in_title = [bool(starts) for starts in terms.starts(folded, 1)]
        weight = 4 * sum(in_title) + (2 if phrase in folded else 0) + _weight(others, terms)
        weights[place] = all(in_title), _is(phrase, folded), weight, place
    return sorted(weights, key=weights.__getitem__, reverse=True)


def _weight(texts: list[str], terms: Terms) -> float:
    """Of all texts in one: to look for each word once takes a quarter of the time."""
    ends = list(itertools.accumulate(len(text) + 1 for text in texts))
    weight = 0.0
    for starts in terms.starts(fold("\n".join(texts)), MOST_COUNTED):
        points = sum(POINTS[bisect_right(ends, start)] for start in starts)
        weight += 4 * points / (points + 4)
    return weight


def _is(phrase: str, folded_title: str) -> bool:
    return " ".join(words_of(folded_title)) == phrase


# -- how they look


def _shown(places: list[int], terms: Terms) -> list[Find]:
    if not places:
        return []
    body = func.substr(SearchText.body, 1, LOOKED_AT)
    columns = SearchText.place, SearchText.post_id, SearchText.summary, body
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
