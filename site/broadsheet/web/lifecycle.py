"""The life of a request: its id, who acts, whether it may write, and its line in the log."""

import logging
import secrets
import time
from contextlib import AbstractContextManager, ExitStack
from urllib.parse import quote

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from broadsheet.database import reading
from broadsheet.lib import tracing
from broadsheet.models import Actor, acting

log = logging.getLogger("broadsheet.requests")

READ_METHODS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    # None of our functions is a coroutine, and to ask each of two dozen at every request takes its time.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(end)


def begin() -> None:
    g.began = time.perf_counter()
    g.request_id = id_of_proxy() or secrets.token_hex(8)
    g.frames = ExitStack()
    enter(tracing.for_request(g.request_id))
    if request.method in READ_METHODS:
        enter(reading())


def id_of_proxy() -> str:
    """The id under which a proxy of ours knows the request; a stranger could send the id of another's."""
    sent = request.headers.get("X-Request-ID", "") if current_app.config["BROADSHEET"].proxy_hops else ""
    return sent if tracing.FORM.fullmatch(sent) else ""


def act() -> None:
    """From here on the signed-in person acts; called once the session is known and CSRF is checked."""
    enter(acting(Actor(current_user.id, current_user.name, request.remote_addr or "", g.request_id)))


def enter(frame: AbstractContextManager[None]) -> None:
    """What is entered here is left when the request ends."""
    g.frames.enter_context(frame)


def finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        seconds = time.perf_counter() - g.began if "began" in g else 0
        current_app.extensions["broadsheet_counts"].see(response.status_code, seconds)
        milliseconds = seconds * 1000
        log.info(
            "%s %s %s",
            request.method,
            shown_path(),
            response.status_code,
            extra={"status": response.status_code, "milliseconds": round(milliseconds, 1)},
        )
    return response


def shown_path() -> str:
    """For the log: as it was sent, or a decoded line end would forge a line; without what opens a door."""
    if "token" in (request.view_args or {}):
        return str(request.url_rule)
    return quote(request.path, safe="/:@!$&'()*+,;=~")


def end(error: BaseException | None = None) -> None:
    if "frames" in g:
        g.frames.close()
