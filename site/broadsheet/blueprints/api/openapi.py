"""The OpenAPI 3.1 document, made of the routes, the forms and the representations themselves."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from broadsheet.blueprints.api import schemas
from broadsheet.blueprints.api.operations import Input, Operation, in_json
from broadsheet.blueprints.api.representing import all_of
from broadsheet.lib.release import VERSION
from broadsheet.web.access import ACCESS, ANYONE
from broadsheet.web.headers import is_for_everybody
from broadsheet.web.problems import API, MEDIA_TYPE

blueprint = Blueprint("openapi", __name__)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABOUT = (
    "What people do at the desk, programs do here. Send the token in `Authorization: Bearer …`; what is "
    "published needs none. Dates are RFC 3339, errors are problem details (RFC 9457), lists come a page at a "
    "time, and an `Idempotency-Key` makes a POST safe to send again."
)
USUAL_PROBLEMS = {400: "The request cannot be read.", 429: "Too many requests; `Retry-After` says when."}
OF_WHO_ASKS = {
    401: "The token is missing, wrong, expired or revoked.",
    403: "The token's person or scopes do not allow it.",
}
OF_INPUT = {413: "The body is too large.", 415: "The body is of another type.", 422: "The form refuses it."}


@blueprint.get("/openapi.json")
def show() -> ResponseReturnValue:
    is_for_everybody()
    response = in_json(document(current_app._get_current_object()) | {"servers": [{"url": server()}]})
    response.add_etag()
    return response.make_conditional(request)


def server() -> str:
    return request.root_url.rstrip("/") + API


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Each call of the API: its rule, its method, and what it says of itself."""
    for rule in app.url_map.iter_rules():
        what = getattr(app.view_functions[rule.endpoint], "operation", None)
        for method in METHODS:
            if what is not None and method in (rule.methods or ()):
                yield rule, method, what


def document(app: Flask) -> dict[str, Any]:
    known: dict[str, Any] = app.extensions.get("broadsheet_openapi", {})
    if not known:
        known = app.extensions["broadsheet_openapi"] = made(app)
    return known


def made(app: Flask) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    shapes = []
    for rule, method, what in operations(app):
        path = re.sub(r"<(?:[a-z]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(API))
        paths.setdefault(path, {})[method.lower()] = described(rule, method, what)
        shapes += [what.gives] if what.gives else []
    found = {name: schemas.of_representation(shape) for name, shape in sorted(all_of(shapes).items())}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Broadsheet", "version": VERSION, "summary": "The API", "description": ABOUT},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": found | {"Problem": schemas.PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "An API token"}},
        },
        "tags": [{"name": name} for name in sorted({noun(rule) for rule, _method, _what in operations(app)})],
    }


def noun(rule: Rule) -> str:
    return rule.endpoint.split(".")[1]


def described(rule: Rule, method: str, what: Operation) -> dict[str, Any]:
    is_open = ACCESS.get(rule.endpoint) is ANYONE
    told: dict[str, Any] = {
        "operationId": "_".join(rule.endpoint.split(".")[1:]),
        "tags": [noun(rule)],
        "summary": what.summary,
        "parameters": [*in_path(rule), *in_query(what), *in_headers(method)],
        "responses": responses(rule, what, is_open=is_open),
        "security": [{}, {"token": []}] if is_open else [{"token": []}],
    }
    if demand := getattr(ACCESS.get(rule.endpoint), "scope", None):
        told["x-scope"] = str(demand)
    if what.description:
        told["description"] = what.description
    if what.takes is not None:
        is_needed, content = not what.takes.may_be_missing, content_of(what, what.takes)
        told["requestBody"] = {"required": is_needed, "content": content}
    return told


def content_of(what: Operation, takes: Input) -> dict[str, Any]:
    if takes.bodies:
        return {media_type: {"schema": schema} for media_type, schema in takes.bodies.items()}
    content: dict[str, Any] = {"schema": schemas.of_input(takes)}
    if what.example is not None:
        content["example"] = what.example
    return dict.fromkeys(takes.media_types, content)


def in_path(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": of_converter(rule, name)}
        for name in sorted(rule.arguments - set(rule.defaults or ()))
    ]


def of_converter(rule: Rule, name: str) -> dict[str, Any]:
    converter = rule._converters[name]
    if hasattr(converter, "max"):
        return {"type": "integer", "minimum": 0, "maximum": converter.max}
    return {"type": "string", "minLength": 1, "pattern": r"^[^/]+$"}


def in_query(what: Operation) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "in": "query", "description": one.description, "schema": one.schema}
        for one in what.parameters
    ]


def in_headers(method: str) -> list[dict[str, Any]]:
    """Those that a call of this method heeds."""
    told: dict[str, list[tuple[str, str]]] = {
        "GET": [("If-None-Match", "An ETag: 304 if it is still the same.")],
        "POST": [("Idempotency-Key", "One of your own for each request: sent again, it is not done again.")],
    }
    usual = [("If-Match", "An ETag: 412 if somebody has changed it since.")]
    return [
        {"name": name, "in": "header", "description": words, "schema": {"type": "string"}}
        for name, words in told.get(method, usual)
    ]


def responses(rule: Rule, what: Operation, *, is_open: bool) -> dict[str, Any]:
    problems = USUAL_PROBLEMS | OF_WHO_ASKS | (OF_INPUT if what.takes else {})
    if rule.arguments:
        problems = problems | {404: "There is no such thing, or not for you."}
    if set(rule.methods or ()) & {"PUT", "PATCH", "DELETE"}:
        problems = problems | {412: "Somebody has changed it since."}
    if not is_reading(rule):
        problems = problems | {409: "It contradicts what is stored."}
    told = {str(what.status if what.gives or what.status != 200 else 200): good(what)}
    if is_reading(rule):
        told["304"] = {"description": "It is as it was."}
    for status, words in sorted((problems | what.statuses).items()):
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        told.setdefault(str(status), {"description": words} | ({"content": content} if status >= 400 else {}))
    return told


def is_reading(rule: Rule) -> bool:
    return "GET" in (rule.methods or ())


def good(what: Operation) -> dict[str, Any]:
    if what.gives is None:
        return {"description": "It is done."} if what.status == 204 else {"description": "The answer."}
    named = what.gives.name
    schema = schemas.of_list(named) if what.lists else {"$ref": f"#/components/schemas/{named}"}
    told: dict[str, Any] = {"description": "Made." if what.status == 201 else "The answer."}
    told["content"] = {
        one: {"schema": schema if "json" in one else {"type": "string"}} for one in what.media_types
    }
    if what.status == 201:
        told["headers"] = {"Location": {"description": "Where it stands.", "schema": {"type": "string"}}}
    return told
