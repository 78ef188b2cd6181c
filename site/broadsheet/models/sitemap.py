"""What search engines shall know of: every public address, in parts by the number of what stands there.

A part holds the posts, pages, tags, series and people whose ids lie in its range. So an address stays in its
part for ever, and no part grows beyond what the protocol allows (sitemaps.org: 50,000 addresses, 50 MB).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select

from broadsheet.models.base import db
from broadsheet.models.page import Page
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.readable import latest_change
from broadsheet.models.series import Series
from broadsheet.models.tag import PostTag, Tag
from broadsheet.models.translated import for_search_engines, in_each_language, oldest_first
from broadsheet.models.upload import PREFIX, Upload
from broadsheet.models.user import User

IN_A_PART = 9_000  # ids, of each of five kinds; what is left of 50,000 are the archive and the home page
MOST = 50_000

NUMBERED = (Post, Page, Tag, Series, User)


class Place(NamedTuple):
    path: str
    changed: datetime | None = None
    picture: str = ""  # its path
    languages: tuple[tuple[str, str], ...] = ()  # and the paths of what says the same in them


def sizes() -> dict[int, int]:
    """How many addresses each part has at the most; those that have one. One query a kind."""
    found: dict[int, int] = {}
    for kind in NUMBERED:
        # By its name: to PostgreSQL an expression with parameters is never the same twice.
        part = ((kind.id - 1) // IN_A_PART + 1).label("part")
        query = select(part, func.count()).group_by("part")
        if kind is Post:
            query = query.where(Post.is_public(), Post.is_listed())  # an index knows as much
        for number, count in db.session.execute(query):
            found[int(number)] = found.get(int(number), 0) + count
    return dict(sorted(found.items()))


def edits() -> dict[int, datetime]:
    """When something in each part was saved last, as an index knows it."""
    part = ((Post.id - 1) // IN_A_PART + 1).label("part")
    query = select(part, func.max(Post.updated_at)).where(Post.trashed_at.is_(None)).group_by("part")
    return {int(number): changed for number, changed in db.session.execute(query)}


def newest() -> datetime | None:
    """When the home page got its newest post."""
    return db.session.scalar(select(func.max(Post.published_at)).where(Post.is_public(), Post.is_listed()))


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
        (_with_posts(Tag, Tag.slug, select(PostTag.tag_id), PostTag.post_id, number), _at("/tag/")),
        (_with_posts(Series, Series.slug, select(Post.series_id), Post.id, number), _at("/series/")),
        (
            _with_posts(User, User.username, select(PostAuthor.user_id), PostAuthor.post_id, number),
            _at("/user/"),
        ),
    ]


TRANSLATED: tuple[type[Post] | type[Page], ...] = (Post, Page)


def translations(kind: type[Post] | type[Page], number: int) -> Select[*tuple[Any, ...]]:
    """What asks for all that is a translation of a text of the part, or has one, and for the text itself."""
    first = kind.translation_of_id
    in_part = or_(_within(kind.id, number), _within(first, number))
    firsts = select(first).where(first.is_not(None), in_part)  # an index knows as much
    columns = kind.id, kind.slug, kind.language, kind.canonical_url, first
    unlisted = Post.unlisted if kind is Post else false().label("unlisted")
    return select(*columns, unlisted).where(kind.is_public(), or_(kind.id.in_(firsts), first.in_(firsts)))


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
    return select(*columns).where(kind.is_public(), _within(kind.id, number)).order_by(kind.id)


def _with_posts(
    kind: Any, name: Any, used: Select[*tuple[Any, ...]], post_id: Any, number: int
) -> Select[*tuple[Any, ...]]:
    # The set of listed posts comes from an index; asked of each post, its whole row would be read.
    public = select(Post.id).where(Post.is_public(), Post.is_listed())
    return (
        select(name)
        .where(_within(kind.id, number), kind.id.in_(used.where(post_id.in_(public))))
        .order_by(kind.id)
    )


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
