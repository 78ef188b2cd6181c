"""Where a request leads whose address is not quite right: a former one, with a slash or capitals too many."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from flask import current_app, request
from flask_login import current_user
from sqlalchemy import Select
from werkzeug.exceptions import HTTPException

from broadsheet.extensions import db
from broadsheet.lib.slugs import slugify
from broadsheet.models import Alias, Page, Post, Series, Tag, User
from broadsheet.web.headers import PUBLIC_BLUEPRINTS


def right_address() -> str | None:
    """In one step: never an address that leads on. None if nothing stands there, however it is spelt."""
    plain = "/" + re.sub("/+", "/", request.path).strip("/")
    for path in dict.fromkeys((plain, plain.lower())):
        address = _former(path) or (_standing_at(path) if path != request.path else None)
        if address is not None and unquote(address) != request.path:
            return address
    return None


def _former(path: str) -> str | None:
    alias = db.session.scalar(Alias.of(path))
    return alias.target.path if alias is not None and alias.target.is_published else None


def _standing_at(path: str) -> str | None:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, values = adapter.match(path, method="GET")
    except HTTPException:
        return None
    if endpoint in FOUND:
        return FOUND[endpoint](**values)
    # Elsewhere a part of the address may be a secret or a file's name, in which capitals count.
    is_as_asked = path.strip("/") == request.path.strip("/") or not values
    if not is_as_asked and endpoint.partition(".")[0] not in PUBLIC_BLUEPRINTS:
        return None
    return adapter.build(endpoint, values)


def _post(id: int, slug: str = "") -> str | None:
    return _path(Post.visible_to(current_user).where(Post.id == id).options(*Post.for_a_link()))


def _page(slug: str = "about") -> str | None:
    return _path(Page.visible_to(current_user).where(Page.slug == slug).options(*Page.for_a_link()))


def _topic(kind: type[Tag] | type[Series]) -> Callable[[str], str | None]:
    def address(slug: str) -> str | None:
        topic = db.session.scalar(kind.at(slugify(slug, len(slug))))
        return topic.path if topic is not None and topic.is_published else None

    return address


def _person(username: str) -> str | None:
    person = db.session.scalar(User.with_page().where(User.username == username.lower()))
    return f"/user/{person.username}" if person is not None else None


def _path(query: Select[Any]) -> str | None:
    found = db.session.scalar(query)
    return None if found is None else str(found.path)


def _source(page: Callable[..., str | None]) -> Callable[..., str | None]:
    def address(**values: Any) -> str | None:
        path = page(**values)
        return path and f"{path}.md"

    return address


# Of what an address names, whether it is there, and where.
FOUND: dict[str, Callable[..., str | None]] = {
    "about.show": _page,
    "pages.show": _page,
    "pages.markdown": _source(_page),
    "posts.short": _post,
    "posts.show": _post,
    "posts.short_markdown": _source(_post),
    "posts.markdown": _source(_post),
    "people.show": _person,
    "topics.tag": _topic(Tag),
    "topics.series": _topic(Series),
}
