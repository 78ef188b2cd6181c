"""Batches: several calls in one, and what became of each.

Each is a request of its own, with the token of the batch: it is let in, counted, committed and answered as if
it had come alone, one after the other.
"""

import io
from collections.abc import Iterator
from contextvars import Context
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import Blueprint, current_app, json, request
from werkzeug.wrappers import Response

from broadsheet.blueprints.api.idempotency import HEADER, refuse_odd
from broadsheet.blueprints.api.operations import Input, in_json, operation
from broadsheet.blueprints.api.reading import body
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.web.lifecycle import READ_METHODS
from broadsheet.web.problems import API, Problem, phrase_of
from broadsheet.web.receiving import JSON

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

blueprint = Blueprint("batches", __name__, url_prefix="/batches")

MOST = 50
LARGEST = 8 * MEGABYTE  # what all answers weigh together
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS = ("If-Match", "If-None-Match", HEADER)
TOLD = (
    *("Location", "ETag", "Link", "Allow", "Retry-After"),
    "WWW-Authenticate",
    "Idempotent-Replayed",
    "X-Request-ID",
)
WITHIN = "broadsheet.batch"  # in the WSGI environment of its calls
# Of the batch, what its calls are told: by whom and in which way they came.
SHARED = (
    *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SCRIPT_NAME", "REMOTE_ADDR"),
    *("HTTP_HOST", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT"),
    *("wsgi.version", "wsgi.url_scheme", "wsgi.errors"),
    *("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"),
)

ANSWER = Representation(
    "AnswerOfBatch",
    "What became of one call.",
    (
        attribute("status", int),
        attribute("headers", dict, f"Those of {', '.join(TOLD)} that it has."),
        attribute("body", object, "Null if there is none."),
    ),
)
ANSWERS = Representation(
    "Answers",
    "What became of each call, in their order.",
    (attribute("answers", [ANSWER]),),
)
TAKES = Input(
    schema={
        "type": "object",
        "properties": {
            "requests": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST,
                "items": {
                    "type": "object",
                    "properties": {
                        "method": {"type": "string", "enum": list(METHODS)},
                        "path": {"type": "string", "pattern": f"^{API}/", "description": "With its query."},
                        "headers": {
                            "type": ["object", "null"],
                            "properties": {name: {"type": "string"} for name in HEADERS},
                            "additionalProperties": False,
                        },
                        "body": {"type": ["object", "null"]},
                    },
                    "required": ["method", "path"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["requests"],
        "additionalProperties": False,
    }
)


class Call(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any] | None


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


@blueprint.post("")
@operation(
    "Do several calls",
    description=f"At most {MOST}, with JSON as their bodies, one after the other; a call that fails keeps no "
    "other from being done. Each counts for the limits of the token, and needs the scope that it needs "
    f"alone. With an {HEADER} each call gets one of its own, made of it and of its place: sent again, what "
    "was done is not done again. Once the answers would be larger than "
    f"{LARGEST // MEGABYTE} MB in all, no further call is done: each says so, with 413.",
    takes=TAKES,
    gives=ANSWERS,
    is_kept=False,
    example={
        "requests": [
            {"method": "POST", "path": f"{API}/posts", "body": {"title": "From a batch"}},
            {"method": "GET", "path": f"{API}/posts?limit=1"},
        ]
    },
)
def create() -> Response:
    if WITHIN in request.environ:
        raise Problem(400, "A batch holds no other batch.")
    environs = [environ_of(call, number) for number, call in enumerate(wanted_calls())]
    db.session.rollback()  # each has a transaction of its own, and would wait for this one
    response = in_json(ANSWERS.of(Answers(answers_to(environs))))
    response.cache_control.no_store = True  # a secret that is told once may be in it
    return response


class Answers(NamedTuple):
    answers: list[Answer]


# -- what is asked for


def wanted_calls() -> list[Call]:
    sent = body()
    rows = sent.get("requests")
    if sent.keys() != {"requests"} or not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        words = f"A list of 1 to {MOST} requests is wanted here, and nothing else."
        raise Problem(422, "Nothing was done.", errors=[("/requests", words)])
    if errors := [each for number, row in enumerate(rows) for each in wrong(row, f"/requests/{number}")]:
        raise Problem(422, "Some of it cannot be right. Nothing was done.", errors=errors)
    return [Call(row["method"], row["path"], row.get("headers") or {}, row.get("body")) for row in rows]


def wrong(row: Any, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict):
        yield at, "An object is wanted."
        return
    for name in row.keys() - {"method", "path", "headers", "body"}:
        yield f"{at}/{name}", "Not known here. Known are: method, path, headers, body."
    if row.get("method") not in METHODS:
        yield f"{at}/method", f"There are: {', '.join(METHODS)}."
    path = row.get("path")
    if not isinstance(path, str) or not path.startswith(f"{API}/") or not path.isprintable():
        yield f"{at}/path", f"An address that begins with {API}/ is wanted, without the host."
    if not isinstance(row.get("body"), dict | None):
        yield f"{at}/body", "An object is wanted."
    headers = row.get("headers")
    if not isinstance(headers, dict | None):
        yield f"{at}/headers", "An object is wanted."
    for name, value in (headers or {}).items() if isinstance(headers, dict) else ():
        if name not in HEADERS:
            yield f"{at}/headers/{name}", f"Not known here. Known are: {', '.join(HEADERS)}."
        elif not (isinstance(value, str) and value.isascii() and value.isprintable()):
            yield f"{at}/headers/{name}", "A text of ASCII is wanted."


# -- each by itself


def environ_of(call: Call, number: int) -> dict[str, Any]:
    """Of a request as a server would hand it over (PEP 3333)."""
    path, _mark, query = call.path.partition("#")[0].partition("?")
    sent = b"" if call.body is None else json.dumps(call.body).encode()
    environ = {name: request.environ[name] for name in SHARED if name in request.environ} | {
        WITHIN: True,
        "REQUEST_METHOD": call.method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
    }
    if sent:
        environ["CONTENT_TYPE"] = JSON[0]
    headers = keyed(number) | call.headers
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}


def keyed(number: int) -> dict[str, str]:
    """A key for each call, if the batch has one."""
    if HEADER not in request.headers:
        return {}
    refuse_odd(request.headers[HEADER])
    key = f"{request.headers[HEADER]}-{number}"
    refuse_odd(key)  # which may be too long by its number
    return {HEADER: key}


def app_behind_press() -> "WSGIApplication":
    """The press keeps what strangers ask for; nobody here is one."""
    app: WSGIApplication = current_app.extensions["broadsheet_press"].wsgi_app
    return app


def answers_to(environs: list[dict[str, Any]]) -> list[Answer]:
    """Nobody fills the memory with answers: when there is no more room, nothing more is done."""
    answers, room = [], LARGEST
    for environ in environs:
        if room <= 0:
            answers.append(too_large("This call was not done: the answers before it fill the batch."))
            continue
        # In a context of its own each has its own session, person and life.
        answer, size = Context().run(answer_of, app_behind_press(), environ, room)
        answers.append(answer)
        room -= size
    return answers


def answer_of(app: "WSGIApplication", environ: dict[str, Any], room: int) -> tuple[Answer, int]:
    """And how large it is. What was written is told whatever its size: it has been done."""
    response = Response.from_app(app, environ)
    try:
        if environ["REQUEST_METHOD"] in READ_METHODS and (response.content_length or 0) > room:
            words = "This answer is too large for what is left of the batch. Ask for it alone, or for less."
            return too_large(words), room
        sent = b"".join(response.iter_encoded())
    finally:
        response.close()
    told = {name: response.headers[name] for name in TOLD if name in response.headers}
    said = json.loads(sent) if sent and "json" in (response.mimetype or "") else sent.decode() or None
    return Answer(response.status_code, told, said), len(sent)


def too_large(words: str) -> Answer:
    body = {"type": "about:blank", "title": phrase_of(413), "status": 413, "detail": words}
    return Answer(413, {}, body)
