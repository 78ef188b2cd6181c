"""What an address may hold, and its one right spelling."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # of a database's INTEGER; a larger number would be an error there, not an empty result


class Number(IntegerConverter):
    def __init__(
        self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None
    ) -> None:
        super().__init__(map, fixed_digits=fixed_digits, min=min, max=LARGEST if max is None else max)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Number
    app.before_request(refuse_strange_host)
    app.before_request(refuse_null)


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
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


def refuse_null() -> None:
    # The one character that PostgreSQL's texts cannot hold, not even in a question.
    if "\0" in request.path:
        abort(400)


def without_slash() -> str | None:
    """The address of this request without the slash at its end, if something stands there."""
    path = "/" + request.path.strip("/")
    adapter = current_app.create_url_adapter(request)
    if path == request.path or adapter is None:
        return None
    try:
        endpoint, values = adapter.match(path, method="GET")
    except HTTPException:
        return None
    return adapter.build(endpoint, values)
