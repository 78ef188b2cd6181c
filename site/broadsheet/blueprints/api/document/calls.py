"""Each call of the API: what it is, what it takes, and who may use it."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from broadsheet.blueprints.api.document import answers, examples, schemas
from broadsheet.blueprints.api.idempotency import KEY
from broadsheet.blueprints.api.operations import FIELDS, Input, Operation, Parameter
from broadsheet.models.role import LEAST_ROLE, Ability
from broadsheet.web.access import ACCESS, ANYONE, Demand
from broadsheet.web.problems import API
from broadsheet.web.receiving import JSON

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Header = tuple[str, str, dict[str, Any]]  # its name, what it is for, more of its schema


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Each call of the API: its rule, its method, and what it says of itself."""
    for rule in app.url_map.iter_rules():
        what = getattr(app.view_functions[rule.endpoint], "operation", None)
        for method in METHODS:
            if what is not None and not rule.build_only and method in (rule.methods or ()):
                yield rule, method, what


def noun(rule: Rule) -> str:
    return rule.endpoint.split(".")[1]


def path_of(rule: Rule) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(API))


def described(rule: Rule, method: str, what: Operation) -> dict[str, Any]:
    row = ACCESS.get(rule.endpoint)
    is_open = row is ANYONE
    told: dict[str, Any] = {
        "operationId": "_".join(rule.endpoint.split(".")[1:]),
        "tags": [noun(rule)],
        "summary": what.summary,
        "description": what.description or f"{what.summary}.",
        "parameters": [*in_path(rule), *in_query(what), *in_headers(method, what)],
        "responses": answers.responses(rule, method, what, is_open=is_open),
        "security": [{}, {"token": []}] if is_open else [{"token": []}],
    }
    if isinstance(row, Demand):
        told |= {"security": [{"token": [str(row.scope)]}], "x-scope": str(row.scope)}
    ability = row.ability if isinstance(row, Demand) else row
    if isinstance(ability, Ability):
        told |= {"x-ability": str(ability), "x-least-role": str(LEAST_ROLE[ability])}
    return told


def body(method: str, what: Operation, takes: Input, inputs: dict[str, Any]) -> dict[str, Any]:
    """`inputs` are those of other calls, by name: what is alike is said once."""
    return {"required": not takes.may_be_missing, "content": contents(method, what, takes, inputs)}


def contents(method: str, what: Operation, takes: Input, inputs: dict[str, Any]) -> dict[str, Any]:
    if takes.bodies:
        return {media_type: {"schema": schema} for media_type, schema in takes.bodies.items()}
    content: dict[str, Any] = {"schema": referred(takes, inputs)}
    if what.example is not None:
        content["example"] = what.example
    taken = list(takes.media_types)
    if method == "PATCH" and JSON[0] in taken:
        taken.append(JSON[1])
    return dict.fromkeys(taken, content)


def referred(takes: Input, inputs: dict[str, Any]) -> dict[str, Any]:
    schema = schemas.of_input(takes)
    if takes.form is None:
        return schema
    name = f"{takes.form.__name__.removesuffix('Form')}Input"
    while inputs.setdefault(name, schema) != schema:
        name += "Part"
    return {"$ref": f"#/components/schemas/{name}"}


# -- parameters


def in_path(rule: Rule) -> list[dict[str, Any]]:
    order = re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule.rule)
    return [one_in_path(rule, name) for name in order if name not in (rule.defaults or ())]


def one_in_path(rule: Rule, name: str) -> dict[str, Any]:
    schema = of_converter(rule, name)
    of_what = f"The `{{}}` of the {name.removesuffix('_id').replace('_', ' ')}."
    words = "Its `id`." if name == "id" else of_what.format("id" if name.endswith("_id") else name)
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": words,
        "schema": schema,
        "example": examples.of_place(name, schema),
    }


def of_converter(rule: Rule, name: str) -> dict[str, Any]:
    converter = rule._converters[name]
    if hasattr(converter, "max"):
        return {"type": "integer", "minimum": 0, "maximum": converter.max}
    if hasattr(converter, "items"):
        return {"type": "string", "enum": sorted(converter.items)}
    return {"type": "string", "minLength": 1, "pattern": r"^[^/]+$"}


def in_query(what: Operation) -> list[dict[str, Any]]:
    return [one_in_query(what, one) for one in what.parameters]


def one_in_query(what: Operation, one: Parameter) -> dict[str, Any]:
    schema = dict(one.schema)
    told: dict[str, Any] = {"name": one.name, "in": "query", "description": one.description}
    if one.required:
        told["required"] = True
    if one is FIELDS and what.gives is not None:
        items = {"type": "string", "enum": what.gives.names}
        schema = {"type": "array", "items": items, "minItems": 1}
        told["example"] = what.gives.names[:2]
    if schema.get("type") == "array":
        told |= {"style": "form", "explode": False}
    return told | {"schema": schema}


def in_headers(method: str, what: Operation) -> list[dict[str, Any]]:
    """Those that a call of this method heeds."""
    usual: Header = ("If-Match", "An `ETag`: 412 if somebody has changed it since.", {})
    told: dict[str, Header] = {
        "GET": ("If-None-Match", "An `ETag`: 304 if it is still the same.", {}),
        "POST": (
            "Idempotency-Key",
            "One of your own for each request: sent again with the same one, it is not done again.",
            {"pattern": f"^{KEY.pattern}$", "examples": ["9b1f6c1e-7d1a-4a53-9d0e-2f6b8c3a7e55"]},
        ),
    }
    if method not in told and not what.heeds_match:
        return []
    name, words, schema = told.get(method, usual)
    return [{"name": name, "in": "header", "description": words, "schema": {"type": "string"} | schema}]
