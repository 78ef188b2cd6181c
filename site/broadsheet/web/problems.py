"""What programs are told when something is wrong: problem details (RFC 9457), and what to do."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, g, json, request
from werkzeug.exceptions import HTTPException

API = "/api/v1"
MEDIA_TYPE = "application/problem+json"
# In place of what people are told who stand before a page.
FOR_PROGRAMS = {
    404: f"There is no such thing, or it is not for you. GET {API} tells what there is.",
    405: "This address takes other methods; the header Allow names them.",
}
# As RFC 9110 names them, which Python does from 3.13 on.
RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def is_for_api() -> bool:
    """Whether the request is one of a program, which is answered in JSON whatever it accepts."""
    return request.path == API or request.path.startswith(f"{API}/")


class Problem(HTTPException):
    """Raised anywhere below /api/v1.

    `detail` says what is wrong and what to do. `errors` are pairs of a place and of what is wrong there: a
    JSON pointer into what was sent (RFC 6901, `/title`), the name of a parameter (`?limit`) or that
    of a header (`If-Match`). `more` stands in the answer beside them.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.code, self.headers = status, dict(headers or {})
        self.more: dict[str, Any] = more
        if told := [place_of(place) | {"detail": words} for place, words in errors]:
            self.more["errors"] = told

    def get_headers(self, *args: Any, **options: Any) -> list[tuple[str, str]]:
        return [*super().get_headers(*args, **options), *self.headers.items()]


def place_of(place: str) -> dict[str, str]:
    if place.startswith("?"):
        return {"parameter": place[1:]}
    return {"header": place} if place and not place.startswith("/") else {"pointer": place}


def problem_response(error: HTTPException, advice: str) -> Response:
    """`advice` is what the site usually says of this status; an error that says more is heard."""
    body = {
        "type": "about:blank",  # what is wrong is said by the status, and in words
        "title": phrase_of(error.code or 500),
        "status": error.code,
        "detail": detail_of(error) or FOR_PROGRAMS.get(error.code or 500, advice),
        "request_id": g.get("request_id", ""),
    }
    return Response(written(body | getattr(error, "more", {})), mimetype=MEDIA_TYPE)


def written(body: Any) -> str:
    """As people read it who look at it, too: in its own order, each letter as it is, and the line ended."""
    return json.dumps(body, ensure_ascii=False, sort_keys=False, separators=(",", ":")) + "\n"


def phrase_of(status: int) -> str:
    """As RFC 9457, section 4.2.1, wants the title of `about:blank`."""
    try:
        return RENAMED.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def detail_of(error: HTTPException) -> str:
    """What was said where it was raised; Werkzeug's own sentences are for browsers."""
    return str(error.description) if error.description != type(error).description else ""
