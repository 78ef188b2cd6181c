"""The answers to a call, good ones and problems, as the OpenAPI document tells of them."""

from typing import Any

from werkzeug.routing import Rule

from broadsheet.blueprints.api.document import examples, schemas
from broadsheet.blueprints.api.operations import FIELDS, Operation
from broadsheet.web.problems import MEDIA_TYPE, phrase_of

PROBLEMS = {
    400: "The address, a header or the body cannot be read, or asks for what this call does not know.",
    401: "A token is needed, or the one that was sent opens nothing.",
    403: "The token's person or its scopes do not allow it.",
    404: "There is no such thing, or it is not yours to see.",
    406: "It cannot be had in any of the types that `Accept` names.",
    409: "It contradicts what is stored.",
    411: "The body has no length: send `Content-Length`.",
    412: "Somebody has changed it since the state that `If-Match` names. Nothing was stored.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body is of a type that this call does not take.",
    422: "The body can be read, but some of it cannot be right. Nothing was stored.",
    429: "Too many requests. `Retry-After` says when to come back.",
    503: "The site cannot answer just now. `Retry-After` says when to come back.",
}
OF_EVERY_CALL = (400, 401, 414, 429, 503)
OF_A_BODY = (411, 413, 415, 422)
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ETag": ("Of this state, for `If-Match` and `If-None-Match`.", {"type": "string"}),
    "Link": ("The first page, and the next one if there is one (RFC 8288).", {"type": "string"}),
    "Location": ("Where it stands.", {"type": "string", "format": "uri"}),
    "Retry-After": ("Seconds.", {"type": "string", "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("What the token lacks (RFC 6750).", {"type": "string"}),
}
HEADERS_OF = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def named(status: int) -> str:
    """As the document calls it among its components."""
    return "".join(word.capitalize() for word in phrase_of(status).replace("-", " ").split())


def components() -> dict[str, Any]:
    return {
        "headers": {
            name: {"description": words, "schema": schema} for name, (words, schema) in HEADERS.items()
        },
        "responses": {named(status): problem(status, words) for status, words in PROBLEMS.items()},
    }


def problem(status: int, words: str) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": phrase_of(status),
        "status": status,
        "detail": words.replace("`", ""),
        "request_id": "9f2c4b7a1d3e5f60",
    }
    if status == 422:
        example["errors"] = [{"pointer": "/title", "detail": "Readers need a title."}]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    told: dict[str, Any] = {"description": words, "content": {MEDIA_TYPE: content}}
    if header := HEADERS_OF.get(status):
        told["headers"] = {header: {"$ref": f"#/components/headers/{header}"}}
    return told


def responses(rule: Rule, method: str, what: Operation, *, is_open: bool) -> dict[str, Any]:
    told = {str(what.status): good(method, what, what.status)}
    if method == "GET":
        told["304"] = {"description": "It is as it was."}
    for status in expected_problems(rule, method, what, is_open=is_open):
        told[str(status)] = {"$ref": f"#/components/responses/{named(status)}"}
    for status, words in what.statuses.items():
        told[str(status)] = problem(status, words) if status >= 400 else good(method, what, status, words)
    return dict(sorted(told.items()))


def expected_problems(rule: Rule, method: str, what: Operation, *, is_open: bool) -> set[int]:
    expected = {*OF_EVERY_CALL}
    if not is_open:
        expected |= {403}
    if rule.arguments:
        expected |= {404}
    if what.status != 204:
        expected |= {406}
    if method != "GET":
        expected |= {409}
    if method == "POST":
        expected |= {422}  # a key that another request had
    if method in ("PUT", "PATCH", "DELETE") and what.heeds_match:
        expected |= {412}
    return expected | ({*OF_A_BODY} if what.takes is not None else {411, 413} if method != "GET" else set())


def good(method: str, what: Operation, status: int, words: str = "") -> dict[str, Any]:
    usual = {201: "Made.", 202: "Taken; it is done in the background.", 204: "Done."}
    told: dict[str, Any] = {"description": words or usual.get(status, "The answer.")}
    if headers := good_headers(what, status):
        told["headers"] = headers
    if status != 204:
        told["content"] = {one: content(method, what, one) for one in what.media_types}
    return told


def good_headers(what: Operation, status: int) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if what.gives is not None:
        told["ETag"] = {"$ref": "#/components/headers/ETag"}
    always = [
        name for name, is_there in (("Link", is_in_pages(what)), ("Location", status == 201)) if is_there
    ]
    for name in always:
        words, schema = HEADERS[name]
        told[name] = {"required": True, "description": words, "schema": schema}
    return told


def is_in_pages(what: Operation) -> bool:
    return what.lists and any(one.name == "after" for one in what.parameters)


def content(method: str, what: Operation, media_type: str) -> dict[str, Any]:
    if "json" not in media_type or media_type.endswith("ndjson"):
        return {"schema": {"type": "string"}}
    if what.gives is None:
        return {"schema": {}}
    if what.lists:
        return {"schema": schemas.of_list(what.gives), "example": examples.of_list(what.gives)}
    said = what.example if method in ("POST", "PUT", "PATCH") else None
    can_be_cut = FIELDS in what.parameters
    return {
        "schema": schemas.of_answer(what.gives, is_whole=not can_be_cut),
        "example": examples.of_representation(what.gives, said),
    }
