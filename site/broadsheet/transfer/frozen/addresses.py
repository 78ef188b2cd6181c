"""Every address that a visitor may ask for: those of the models here, the rest by their pages' links."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from broadsheet.extensions import db
from broadsheet.models import Alias, Page, Post, PostTag, Series, Site, Tag, UploadAlias, User
from broadsheet.models.archive import years
from broadsheet.models.upload import PREFIX

Query = Select[*tuple[Any, ...]]

FORMATS = ("atom", "rss", "json")
AT_ONCE = 1_000

# Those that are there without a row; of some the answer is that there is nothing, or that it is elsewhere.
OWN = (
    *("/", "/archive", "/tags", "/series", "/authors", "/about", "/search", "/contact", "/submit", "/login"),
    *("/robots.txt", "/.well-known/security.txt", "/sitemap.xml", "/opensearch.xml"),
    *("/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/manifest.webmanifest"),
    *("/feed.css", "/feed", "/rss", "/rss.xml", "/index.xml", "/feed.xml", "/atom.xml"),
)


def known() -> Iterator[str]:
    """Paths at which something stands, decoded."""
    yield from OWN
    yield from feeds("")
    for id, slug in _rows(select(Post.id, Post.slug).where(Post.is_public()), Post.id):
        yield f"/post/{id}/{slug}"
        yield f"/post/{id}/{slug}.md"
    for _, slug in _rows(select(Page.id, Page.slug).where(Page.is_public()), Page.id):
        yield f"/{slug}"
        yield f"/{slug}.md"
    yield from _lists("/tag/", select(Tag.id, Tag.slug).where(Tag.id.in_(_tagged())), Tag.id)
    yield from _lists(
        "/series/", select(Series.id, Series.slug).where(Series.id.in_(_in_series())), Series.id
    )
    yield from _lists("/user/", User.with_page().with_only_columns(User.id, User.username), User.id)
    for year in years(ZoneInfo(Site.load().timezone or "UTC")):
        for path in (
            f"/archive/{year.number}",
            *(f"/archive/{year.number}/{one.number}" for one in year.months),
        ):
            yield path
            yield from feeds(path)
    for _, key in _rows(select(UploadAlias.id, UploadAlias.key), UploadAlias.id):
        yield PREFIX + key


def moved() -> Iterator[tuple[str, str]]:
    """Paths that lead to others for good, and these. Where something stands, that alone counts."""
    for id, slug in _rows(select(Post.id, Post.slug).where(Post.is_public()), Post.id):
        yield f"/post/{id}", f"/post/{id}/{slug}"
        yield f"/post/{id}.md", f"/post/{id}/{slug}.md"
    posts = select(Alias.id, Alias.path, Post.id, Post.slug).join(Post, Alias.post_id == Post.id)
    for _, path, id, slug in _rows(posts.where(Post.is_public()), Alias.id):
        yield path, f"/post/{id}/{slug}"
    pages = select(Alias.id, Alias.path, Page.slug).join(Page, Alias.page_id == Page.id)
    for _, path, slug in _rows(pages.where(Page.is_public()), Alias.id):
        yield path, f"/{slug}"
        yield f"{path}.md", f"/{slug}.md"
    tags = select(Alias.id, Alias.path, Tag.slug).join(Tag, Alias.tag_id == Tag.id)
    for _, path, slug in _rows(tags.where(Tag.id.in_(_tagged())), Alias.id):
        yield path, f"/tag/{slug}"
        yield from zip(feeds(path), feeds(f"/tag/{slug}"), strict=True)
    series = select(Alias.id, Alias.path, Series.slug).join(Series, Alias.series_id == Series.id)
    for _, path, slug in _rows(series.where(Series.id.in_(_in_series())), Alias.id):
        yield path, f"/series/{slug}"
        yield from zip(feeds(path), feeds(f"/series/{slug}"), strict=True)


def feeds(path: str) -> list[str]:
    return [f"{path}/feed.{format}" for format in FORMATS]


def _tagged() -> Query:
    return select(PostTag.tag_id).where(PostTag.post_id.in_(select(Post.id).where(Post.is_public())))


def _in_series() -> Query:
    return select(Post.series_id).where(Post.is_public())


def _lists(prefix: str, query: Query, id: Any) -> Iterator[str]:
    for _, name in _rows(query, id):
        yield prefix + name
        yield from feeds(prefix + name)


def _rows(query: Query, id: Any) -> Iterator[tuple[Any, ...]]:
    """Some at a time, each time in a transaction of its own: a large site takes minutes, and others write."""
    last = 0
    while rows := db.session.execute(query.where(id > last).order_by(None).order_by(id).limit(AT_ONCE)).all():
        db.session.rollback()
        yield from map(tuple, rows)
        last = int(rows[-1][0])
