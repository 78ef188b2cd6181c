"""JSON Schema (draft 2020-12) of what comes in and goes out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.operations import Input
from broadsheet.blueprints.api.representing import Attribute, Representation

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "request_id": {"type": "string", "description": "Under which the server's log knows the request."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Which of the address."},
                    "header": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def of_representation(shape: Representation) -> dict[str, Any]:
    """Nothing is required: `fields` may leave out all but one. See `of_answer`."""
    return {
        "type": "object",
        "description": shape.description,
        "properties": {one.name: of_attribute(one) for one in shape.attributes},
        "additionalProperties": False,
    }


def of_answer(shape: Representation, *, is_whole: bool) -> dict[str, Any]:
    """By reference; all of it where nothing can be left out."""
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{shape.name}"}
    return schema | ({"required": shape.names} if is_whole else {})


def of_attribute(one: Attribute) -> dict[str, Any]:
    schema = of_type(one.type)
    if one.or_null:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return schema | ({"description": one.description} if one.description else {})


def of_type(type_: Any) -> dict[str, Any]:
    if isinstance(type_, list):
        return {"type": "array", "items": of_type(type_[0])}
    if isinstance(type_, Representation):
        return of_answer(type_, is_whole=True)
    if issubclass(type_, StrEnum):
        return {"type": "string", "enum": [one.value for one in type_]}
    known: dict[type, dict[str, Any]] = {
        str: {"type": "string"},
        int: {"type": "integer"},
        float: {"type": "number"},
        bool: {"type": "boolean"},
        datetime: {"type": "string", "format": "date-time"},
        dict: {"type": "object"},
        object: {},
    }
    return dict(known[type_])


def of_input(what: Input) -> dict[str, Any]:
    if what.schema is not None:
        return what.schema
    properties = {
        name: dict(kind.schema) for name, kind in kinds_of(what.form).items() if name not in what.but
    }
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(what.required)} if what.required else {})


def of_list(shape: Representation) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": of_answer(shape, is_whole=False)},
            "next": {
                "type": ["string", "null"],
                "description": "The address of the next page; null after the last.",
            },
        },
        "additionalProperties": False,
    }
