"""What stands at an address of the site: what readers see, what they do not see, or nothing."""

import difflib
import re
from collections.abc import Callable, Iterable
from enum import Enum
from os.path import isfile
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import safe_join

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib.links import is_path
from broadsheet.models import Alias, Page, Post, Series, Tag, User
from broadsheet.models.link import in_parts, place
from broadsheet.web import static
from broadsheet.web.parts import every_address

SUGGESTED_FROM = 200  # addresses that are compared for a suggestion
ALIKE = 0.72  # of 1; below it a suggestion is a guess

_POST = re.compile(r"/post/(\d{1,10})")  # as `place` spells it; no id is longer


class Standing(Enum):
    SEEN = "readers find it"
    HIDDEN = "a draft, or in the trash, or not public yet"
    NOTHING = "nothing"


def standings(places: Iterable[str]) -> dict[str, Standing]:
    """For each place (as models/link.py spells it) what stands there, in at most seven queries."""
    found = _themselves(places)
    _follow_aliases(found)
    return found


def standing_itself(path: str) -> Standing:
    """What stands at the path, whatever redirects from it."""
    return _themselves([place(path)])[place(path)]


def subject_at(address: str) -> Post | Page | Tag | Series | None:
    """The post, page, tag or series whose address this is, seen by readers or not."""
    if not is_path(address):
        return None
    path = place(address)
    if match := _POST.fullmatch(path):
        return db.session.get(Post, int(match[1]))
    endpoint, key = _route(path)
    table: Any = {"topics.tag": Tag, "topics.series": Series}.get(endpoint, Page)
    slug = key if endpoint in LOOK_UPS else path.strip("/")
    found: Page | Tag | Series | None = db.session.scalar(select(table).where(table.slug == slug))
    return found


def _themselves(places: Iterable[str]) -> dict[str, Standing]:
    found = dict.fromkeys(places, Standing.NOTHING)
    asked: dict[str, dict[Any, str]] = {}
    for path in found:
        if match := _POST.fullmatch(path):
            asked.setdefault("posts.show", {})[int(match[1])] = path
            continue
        endpoint, key = _route(path)
        if endpoint in LOOK_UPS or endpoint in FILES:
            asked.setdefault(endpoint, {})[key] = path
        elif endpoint:
            found[path] = Standing.SEEN
    for endpoint, paths in asked.items():
        if endpoint in FILES:
            found |= {path: Standing.SEEN for key, path in paths.items() if FILES[endpoint](key)}
            continue
        for keys in in_parts(list(paths)):
            for key, is_seen in LOOK_UPS[endpoint](keys):
                found[paths[key]] = Standing.SEEN if is_seen else Standing.HIDDEN
    return found


def suggestion(path: str) -> str | None:
    """What was probably meant by an address at which nothing stands."""
    wanted = path.rstrip("/").rpartition("/")[2].lower()
    if not wanted or wanted.isdigit():
        return None
    longest = max(re.split(r"[-_.]", wanted), key=len)
    pages = db.session.scalars(select(Page.slug).where(Page.is_public()).limit(SUGGESTED_FROM))
    alike = Post.published().where(Post.slug.contains(longest, autoescape=True)).limit(SUGGESTED_FROM)
    posts = db.session.execute(alike.with_only_columns(Post.id, Post.slug).order_by(Post.id.desc()))
    tags = db.session.scalars(select(Tag.slug).limit(SUGGESTED_FROM))
    addresses = {slug: f"/{slug}" for slug in [*_own_pages(), *pages]}
    if path.startswith("/tag/"):
        addresses = {slug: f"/tag/{slug}" for slug in tags}
    else:
        addresses |= {slug: f"/post/{id}/{slug}" for id, slug in posts}
    nearest = difflib.get_close_matches(wanted, addresses, 1, ALIKE)
    return addresses[nearest[0]] if nearest else None


def _own_pages() -> Iterable[str]:
    """The single words at which a page for readers stands that is nobody's text."""
    for rule in current_app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if not rule.arguments and rule.rule.count("/") == 1 and blueprint not in ("desk", "account"):
            yield rule.rule.strip("/")


def _route(path: str) -> tuple[str, Any]:
    """The endpoint that answers there and the part of the address that names its subject."""
    try:
        endpoint, values = every_address(current_app).bind("").match(path, method="GET")
    except NotFound:
        return "", None
    except HTTPException:  # it redirects, or is only for other methods: something is there
        return "elsewhere", None
    return endpoint, next(iter(values.values()), None)


def _follow_aliases(found: dict[str, Standing]) -> None:
    lost = [path for path, standing in found.items() if standing is not Standing.SEEN]
    for paths in in_parts(lost):
        targets = (
            joinedload(Alias.post),
            joinedload(Alias.page),
            joinedload(Alias.tag),
            joinedload(Alias.series),
        )
        for alias in db.session.scalars(select(Alias).where(Alias.path.in_(paths)).options(*targets)):
            found[alias.path] = Standing.SEEN if alias.target.is_published else Standing.HIDDEN


def _posts(ids: list[int]) -> Iterable[tuple[Any, bool]]:
    return _rows(select(Post.id, Post.is_public()).where(Post.id.in_(ids)))


def _pages(slugs: list[str]) -> Iterable[tuple[Any, bool]]:
    return _rows(select(Page.slug, Page.is_public()).where(Page.slug.in_(slugs)))


def _tags(slugs: list[str]) -> Iterable[tuple[Any, bool]]:
    return ((slug, True) for slug in db.session.scalars(select(Tag.slug).where(Tag.slug.in_(slugs))))


def _series(slugs: list[str]) -> Iterable[tuple[Any, bool]]:
    return ((slug, True) for slug in db.session.scalars(select(Series.slug).where(Series.slug.in_(slugs))))


def _people(names: list[str]) -> Iterable[tuple[Any, bool]]:
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(name.lower(), []).append(name)
    query = User.with_page().where(User.username.in_(spellings)).with_only_columns(User.username)
    return ((spelling, True) for name in db.session.scalars(query) for spelling in spellings[name])


def _rows(query: Any) -> Iterable[tuple[Any, bool]]:
    return ((key, bool(is_seen)) for key, is_seen in db.session.execute(query))


def _is_upload(key: str) -> bool:
    return _is_file(media.folder(), key)


def _is_static(name: str) -> bool:
    return static.current().find(name)[0] is not None


def _is_file(folder: Path, name: str) -> bool:
    path = safe_join(str(folder), name)
    return path is not None and isfile(path)  # Path.is_file would raise at a name that is too long


LOOK_UPS: dict[str, Callable[[Any], Iterable[tuple[Any, bool]]]] = {
    "posts.show": _posts,
    "pages.show": _pages,
    "topics.tag": _tags,
    "topics.series": _series,
    "people.show": _people,
}
FILES: dict[str, Callable[[str], bool]] = {"uploads.show": _is_upload, "static": _is_static}
