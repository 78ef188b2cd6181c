"""The frozen search: its page, its index, and how each post looks when it is found."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, select

from broadsheet.extensions import db
from broadsheet.lib.searching import LONGEST
from broadsheet.models import Post, SearchText, Site, Tag
from broadsheet.transfer.frozen import words
from broadsheet.transfer.frozen.live import Answer, Live
from broadsheet.transfer.frozen.words import SHELF, Words

INDEX = "search/index.json"
TAGS = 12  # to begin with, when nothing was asked yet
PER_PAGE = 10


def page(live: Live) -> Answer:
    return live.render(
        "/search",
        "frozen/search.html",
        lambda: {"index": f"/{INDEX}", "words": sentences(), "longest": LONGEST, "tags": tags()},
    )


def sentences() -> dict[str, Any]:
    """What the script says, in the words of the live search; `{}` is what was typed."""
    return {
        "nothing": _("Nothing found"),
        "nothingNew": _("Nothing found among the newest posts"),
        "many": _("More than %(count)d posts, the best first", count=PER_PAGE),
        "posts": [ngettext("%(num)d post", "%(num)d posts", number) for number in range(PER_PAGE + 1)],
        "more": _("More"),
        "length": _("That is a long question: only its first words were looked for."),
        "value": _("After “%(filter)s:” its value is missing.", filter="{}"),
        "tag": _("No post has the tag “%(name)s”.", name="{}"),
        "author": _("Nobody called “%(name)s” has written here.", name="{}"),
        "date": _(
            "“%(value)s” is no date and was left out. Write %(filter)s:2024, %(filter)s:2024-05 or"
            " %(filter)s:2024-05-31.",
            value="{}",
            filter="{filter}",
        ),
        "failed": _("The search could not be loaded. Look again in a moment."),
    }


def tags() -> list[Tag]:
    """The most used that readers find something under."""
    public = Tag.posts.any(and_(Post.is_public(), Post.is_listed()))
    return list(db.session.scalars(Tag.most_used().where(public).limit(TAGS)))


class Found(NamedTuple):
    """A post as the index needs it; `day` is that of its date as a number, 20240531."""

    place: int
    title: str
    near: tuple[str, ...]
    text: str
    keys: list[str]
    row: str
    day: int


def files(live: Live) -> Iterator[tuple[str, bytes]]:
    """The names and contents of all that the script loads."""
    index = Words()
    posts: list[tuple[int, str]] = []
    count, last = 0, -(2**63)
    while shelf := live.within("/search", partial(found_after, last)):
        for one in shelf:
            index.add(count, one.title, one.near, one.text, one.keys)
            count += 1
        content = words.as_json({"rows": [one.row for one in shelf], "days": [one.day for one in shelf]})
        yield f"search/posts/{len(posts)}.json", content
        posts.append((shelf[0].day, words.digest(content)))
        last = shelf[-1].place
    shelves = []
    for number, (first, content) in enumerate(index.shelves()):
        yield f"search/words/{number}.json", content
        shelves.append((first, words.digest(content)))
    said = {"letters": words.letters(), "count": count, "shelf": SHELF, "posts": posts, "words": shelves}
    yield INDEX, words.as_json(said)


def found_after(place: int) -> list[Found]:
    """What readers find, the oldest first: as many as lie on a shelf."""
    zone = ZoneInfo(Site.load().timezone or "UTC")
    query = (
        select(SearchText, Post)
        .join(Post, Post.id == SearchText.post_id)
        .where(SearchText.place > place, Post.is_public())
        .order_by(SearchText.place)
        .limit(SHELF)
        .options(*Post.for_a_list())
    )
    return [found(text, post, zone) for text, post in db.session.execute(query)]


def found(text: SearchText, post: Post, zone: ZoneInfo) -> Found:
    names = {name for tag in post.tags for name in (tag.name, tag.slug)}
    day = datetime.fromtimestamp(text.place // SearchText.PLACES_A_SECOND, zone)
    return Found(
        text.place,
        text.title,
        (text.summary, text.names, text.tags),
        text.body,
        [*map(words.tag_key, sorted(names)), *words.author_keys(text.names)],
        " ".join(render_template("frozen/_row.html", post=post).split()),
        day.year * 10_000 + day.month * 100 + day.day,
    )
