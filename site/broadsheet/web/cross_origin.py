"""Which other sites' scripts may use the API in a browser (CORS, the Fetch standard): none, until a setting
names them. No cookie is ever let through: the API heeds none."""

from flask import Flask, Response, current_app, request
from flask.globals import request_ctx

from broadsheet.web.problems import is_for_api

SENT = (
    "Authorization, Content-Digest, Content-Disposition, Content-Type, "
    "Idempotency-Key, If-Match, If-None-Match"
)
READ = "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Request-ID"
REMEMBERED = 600  # seconds in which a browser need not ask again
ANY = "*"


def init_app(app: Flask) -> None:
    app.before_request(answer_preflight)
    app.after_request(allow)


def answer_preflight() -> Response | None:
    """A browser asks without a token whether it may send one."""
    is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not (is_preflight and is_for_api() and allowed_origin()):
        return None
    response = current_app.response_class(status=204)
    methods = request_ctx.url_adapter.allowed_methods() if request_ctx.url_adapter else ()
    response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods))
    response.headers["Access-Control-Allow-Headers"] = SENT
    response.headers["Access-Control-Max-Age"] = str(REMEMBERED)
    return response


def allow(response: Response) -> Response:
    if is_for_api() and current_app.config["BROADSHEET"].api_origins:
        response.vary.add("Origin")
        if origin := allowed_origin():
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = READ
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def allowed_origin() -> str:
    """As the answer names it; empty where none is."""
    allowed, origin = current_app.config["BROADSHEET"].api_origins, request.headers.get("Origin", "")
    if ANY in allowed:
        return ANY if origin else ""
    return origin if origin in allowed else ""
