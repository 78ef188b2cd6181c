"""What search engines shall know of: every public address, in parts by the number of what stands there.

A part holds the posts, pages, tags, series and people whose ids lie in its range. So an address stays in its
part for ever, and no part grows beyond what the protocol allows (sitemaps.org: 50,000 addresses, 50 MB).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, union_all

from broadsheet.models.base import db
from broadsheet.models.list_entry import ALL, ListCount, ListEntry, ListKind
from broadsheet.models.page import Page
from broadsheet.models.post import Post
from broadsheet.models.post_list import PostList
from broadsheet.models.readable import latest_change
from broadsheet.models.series import Series
from broadsheet.models.tag import Tag
from broadsheet.models.translated import for_search_engines, in_each_language, oldest_first
from broadsheet.models.upload import PREFIX, Upload
from broadsheet.models.user import User

IN_A_PART = 9_000  # ids, of each of five kinds; what is left of 50,000 are the archive and the home page
MOST = 50_000

NUMBERED = (Page, Tag, Series, User)


class Place(NamedTuple):
    path: str
    changed: datetime | None = None
    picture: str = ""  # its path
    languages: tuple[tuple[str, str], ...] = ()  # and the paths of what says the same in them


def sizes() -> dict[int, int]:
    """How many addresses each part has at the most; those that have one. Two queries for posts, one for
    every other kind."""
    found = Counter(_posts())
    for kind in NUMBERED:
        # By its name: to PostgreSQL an expression with parameters is never the same twice.
        part = ((kind.id - 1) // IN_A_PART + 1).label("part")
        for number, count in db.session.execute(select(part, func.count()).group_by("part")):
            found[int(number)] += count
    return {number: count for number, count in sorted(found.items()) if count}


def _posts() -> dict[int, int]:
    """How many listed posts each part has. What is counted with them, and readers do not find, is little."""
    listed = PostList.of_listed()
    counts = select(ListCount.subject_id, ListCount.many)
    found = Counter(dict(db.session.execute(counts.where(*_OF_PARTS)).all()))
    unseen = [select(ListEntry.post_id).where(*which) for which in listed.unseen()]
    for id in db.session.scalars(union_all(*unseen)):
        found[(id - 1) // IN_A_PART + 1] -= 1
    return found


_OF_PARTS = ListCount.kind == ListKind.PART, ListCount.month == ALL


def edits() -> dict[int, datetime]:
    """When a listed post of each part was saved last."""
    saved = select(ListEntry.at).where(
        ListEntry.kind == ListKind.PART, ListEntry.subject_id == ListCount.subject_id
    )
    latest = saved.order_by(ListEntry.at.desc()).limit(1).correlate(ListCount).scalar_subquery()
    return dict(db.session.execute(select(ListCount.subject_id, latest).where(*_OF_PARTS)).all())


def newest() -> datetime | None:
    """When the home page got its newest post."""
    listed = select(ListEntry.at).where(*ListEntry.found(ListKind.LISTED))
    return db.session.scalar(listed.order_by(*ListEntry.newest_first()).limit(1))


def queries(number: int) -> list[tuple[Select[*tuple[Any, ...]], Callable[[Any], Place]]]:
    """What asks for the addresses of a part, and what makes one of each row. What stands first elsewhere is
    left out, and who or what has no listed post."""
    return [
        (_texts(Page, number).where(Page.canonical_url == "", Page.slug != "contact"), _page),
        (
            _texts(Post, number)
            .add_columns(Post.picture, Upload.key)
            .outerjoin(Upload, Upload.id == Post.cover_id)
            .where(Post.is_listed(), Post.canonical_url == ""),
            _post,
        ),
        (_with_posts(Tag, Tag.slug, ListKind.TAG, number), _at("/tag/")),
        (_with_posts(Series, Series.slug, ListKind.SERIES, number), _at("/series/")),
        (_with_posts(User, User.username, ListKind.AUTHOR, number), _at("/user/")),
    ]


TRANSLATED: tuple[type[Post] | type[Page], ...] = (Post, Page)


def translations(kind: type[Post] | type[Page], number: int) -> Select[*tuple[Any, ...]]:
    """What asks for all that is a translation of a text of the part, or has one, and for the text itself."""
    first = kind.translation_of_id
    in_part = or_(_within(kind.id, number), _within(first, number))
    firsts = select(first).where(first.is_not(None), in_part)  # an index knows as much
    columns = kind.id, kind.slug, kind.language, kind.canonical_url, first
    unlisted = Post.unlisted if kind is Post else false().label("unlisted")
    return select(*columns, unlisted).where(
        kind.is_each_public(), or_(kind.id.in_(firsts), first.in_(firsts))
    )


Languages = dict[str, tuple[tuple[str, str], ...]]


def languages(kind: type[Post] | type[Page], rows: Iterable[Row[Any]], usual: str) -> Languages:
    """Path → the languages in which it is to be had, each with a path, as the head of its page names them.
    `usual` is the language of what names none."""
    families: dict[int, list[Row[Any]]] = {}
    for row in rows:
        families.setdefault(row.translation_of_id or row.id, []).append(row)
    return {path: told for family in families.values() for path, told in _told_of(kind, family, usual)}


def _told_of(
    kind: type[Post] | type[Page], family: list[Row[Any]], usual: str
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    path = _path_of_post if kind is Post else _path_of_page
    one_each: dict[str, Row[Any]] = {}
    for one in sorted(family, key=oldest_first):
        one_each.setdefault(one.language or usual, one)
    for own in family:
        others = [one for one in one_each.values() if one is not own]
        told = for_search_engines(own, in_each_language(own, others, lambda one: one.language or usual))
        yield path(own), tuple((language, path(one)) for language, one in told)


def _texts(kind: type[Post] | type[Page], number: int) -> Select[*tuple[Any, ...]]:
    columns = kind.id, kind.slug, kind.revised_at, kind.published_at
    return select(*columns).where(kind.is_each_public(), _within(kind.id, number)).order_by(kind.id)


def _with_posts(kind: Any, name: Any, list: ListKind, number: int) -> Select[*tuple[Any, ...]]:
    listed = select(ListEntry.post_id).where(*ListEntry.found(list, kind.id, listed=True))
    return select(name).where(_within(kind.id, number), listed.exists()).order_by(kind.id)


def _within(id: Any, number: int) -> ColumnElement[bool]:
    return and_(id > (number - 1) * IN_A_PART, id <= number * IN_A_PART)


def _page(row: Any) -> Place:
    return Place(_path_of_page(row), latest_change(row))


def _post(row: Any) -> Place:
    picture = PREFIX + row.key if row.key else (row.picture or {}).get("src", "")
    return Place(_path_of_post(row), latest_change(row), picture if picture.startswith("/") else "")


def _at(prefix: str) -> Callable[[Any], Place]:
    return lambda row: Place(prefix + row[0])


def _path_of_page(row: Any) -> str:
    return f"/{row.slug}"


def _path_of_post(row: Any) -> str:
    return f"/post/{row.id}/{row.slug}"
