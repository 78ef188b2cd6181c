"""What an address may hold, and its one right spelling."""

from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

REMEMBERED = 8192  # addresses of our own pages, of some hundred bytes each
NOT_OF_THE_PAGE = frozenset({"_anchor", "_external", "_method", "_scheme"})  # what Flask adds to an address
LARGEST = 2**31 - 1  # of a database's INTEGER; a larger number would be an error there, not an empty result


class Number(IntegerConverter):
    def __init__(
        self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None
    ) -> None:
        super().__init__(map, fixed_digits=fixed_digits, min=min, max=LARGEST if max is None else max)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Number
    app.before_request(refuse_strange_host)
    app.before_request(find_no_larger_number)
    app.before_request(refuse_null)
    app.before_request(refuse_garbled)
    app.before_request(one_slash_to_begin_with)
    app.extensions["broadsheet_paths"] = remembered(app.url_map)
    app.jinja_env.globals["url_for"] = partial(url_of, app)


def remembered(pages: Map) -> Any:
    @lru_cache(REMEMBERED)
    def path(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return pages.bind("").build(endpoint, dict(values))

    return path


def path_of(endpoint: str, **values: Any) -> str:
    """The path of one of our pages. Of the three dozen on a page, most stand on every other, too: each is
    made once in a process."""
    return _path(current_app.extensions["broadsheet_paths"], endpoint, values)


def url_of(app: Flask, endpoint: str, /, **values: Any) -> str:
    """`url_for` for templates: the same, and anew what depends on more: that of a relative endpoint begins
    where this page stands."""
    if endpoint[0] == "." or not NOT_OF_THE_PAGE.isdisjoint(values):
        return url_for(endpoint, **values)
    if endpoint == "static":
        app.inject_url_defaults(endpoint, values)  # the version that a file has now
    return request.root_path + _path(app.extensions["broadsheet_paths"], endpoint, values)


def _path(paths: Any, endpoint: str, values: dict[str, Any]) -> str:
    asked = tuple(values.items())
    try:
        path: str = paths(endpoint, asked)
    except TypeError:  # a list among them, which nothing can be remembered by
        path = paths.__wrapped__(endpoint, asked)
    return path


def refuse_strange_host() -> None:
    """One under which the site does not answer, or no host's name: no link can be made for it."""
    if request_ctx.url_adapter is None and request.routing_exception is not None:
        raise request.routing_exception
    settings = current_app.config["BROADSHEET"]
    name = host_name()
    if not name or not (settings.trusted_hosts or settings.answers_to(name)):
        request_ctx.url_adapter = None
        abort(400)


def host_name() -> str:
    """The host that was asked, without its port; empty if it is none (RFC 9112, section 3.2)."""
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
        name.encode().decode("idna")  # as Werkzeug reads it for addresses: not every xn-- is a name
    except ValueError:
        return ""
    return name


def find_no_larger_number() -> None:
    """Of a number beyond all ids Werkzeug says that the method is not allowed, where another one is."""
    adapter = request_ctx.url_adapter
    is_refused = isinstance(request.routing_exception, MethodNotAllowed)
    if is_refused and adapter is not None and request.method in adapter.allowed_methods():
        abort(404)


def refuse_null() -> None:
    # The one character that PostgreSQL's texts cannot hold, not even in a question.
    if "\0" in request.path:
        abort(400)


def refuse_garbled() -> None:
    # Browsers write addresses in ASCII; Werkzeug reads any other as UTF-8, and stumbles over the rest.
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        abort(400)


def one_slash_to_begin_with() -> Response | None:
    """Werkzeug takes `//about` for `/about`; the page has one address."""
    path = str(request.environ.get("PATH_INFO", ""))
    if not path.startswith("//") or request.endpoint is None or request.method not in ("GET", "HEAD"):
        return None
    return moved(url_for(request.endpoint, **(request.view_args or {})))


def moved(address: str) -> Response:
    """The page stands at that address for good, with whatever was asked along."""
    query = quote(request.query_string, safe="!$&'()*+,/:;=?@%")
    return redirect(f"{address}?{query}" if query else address, 301)
