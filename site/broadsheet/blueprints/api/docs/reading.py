"""The document as the templates want it: nouns with their calls, and fields with their types in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from broadsheet.blueprints.api.docs.snippets import snippets
from broadsheet.forms.roles import ROLES
from broadsheet.models import Role

Json = dict[str, Any]
DEEPEST = 3  # levels of fields that are shown within each other


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    description: str = ""
    choices: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()
    shape: str = ""  # the one that stands there


@dataclass(frozen=True)
class Body:
    media_types: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Answer:
    status: str
    description: str
    shape: str = ""
    is_list: bool = False
    headers: tuple[str, ...] = ()
    example: str = ""


@dataclass
class Call:
    id: str
    method: str
    path: str
    told: Json
    document: Json
    server: str

    @property
    def summary(self) -> str:
        return str(self.told["summary"])

    @property
    def description(self) -> str:
        said = str(self.told["description"])
        return "" if said == f"{self.summary}." else said

    @property
    def least_role(self) -> Any:
        """Its name, in the language of the reader."""
        return ROLES[Role(self.told["x-least-role"])][0]

    @property
    def is_open(self) -> bool:
        return {} in self.told["security"]

    @cached_property
    def haystack(self) -> str:
        words = [self.method, self.path, self.summary, self.description, self.told.get("x-scope", "")]
        words += [one["name"] for one in self.told["parameters"]]
        words += [one.name for body in self.bodies for one in body.fields]
        return " ".join(words).casefold()

    @cached_property
    def parameters(self) -> list[tuple[str, list[Field]]]:
        """By where they stand."""
        found = [
            (place, [parameter(one) for one in self.told["parameters"] if one["in"] == place])
            for place in ("path", "query", "header")
        ]
        return [(place, fields) for place, fields in found if fields]

    @cached_property
    def bodies(self) -> list[Body]:
        """Types with the same fields together."""
        kept: dict[tuple[Field, ...], list[str]] = {}
        for media_type, content in self.told.get("requestBody", {}).get("content", {}).items():
            kept.setdefault(tuple(fields_of(self.document, content["schema"])), []).append(media_type)
        return [Body(tuple(types), fields) for fields, types in kept.items()]

    @property
    def body_may_be_left_out(self) -> bool:
        return not self.told.get("requestBody", {}).get("required", True)

    @cached_property
    def answers(self) -> list[Answer]:
        return [answer(status, one) for status, one in self.told["responses"].items() if status < "400"]

    @cached_property
    def problems(self) -> list[Answer]:
        return [
            answer(status, resolved(self.document, one))
            for status, one in self.told["responses"].items()
            if status >= "400"
        ]

    @cached_property
    def snippets(self) -> list[tuple[str, str, str]]:
        """(name, language, code)"""
        return snippets(self.method, self.path, self.told, self.server)

    @property
    def example(self) -> str:
        """Of its answer."""
        return next((one.example for one in self.answers if one.example), "")


@dataclass
class Noun:
    name: str
    description: str
    calls: list[Call] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()


def nouns(document: Json, server: str) -> list[Noun]:
    found = {tag["name"]: Noun(tag["name"], tag["description"]) for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            call = Call(told["operationId"], method.upper(), path, told, document, server)
            found[told["tags"][0]].calls.append(call)
    return list(found.values())


def shapes_of(document: Json, noun: Noun) -> list[tuple[str, str, list[Field]]]:
    """(name, description, fields) of all that its calls answer with, and of what stands in these."""
    waiting = [one.shape for call in noun.calls for one in call.answers if one.shape]
    names: list[str] = []
    while waiting:
        name = waiting.pop(0)
        if name not in names:
            names.append(name)
            schema = document["components"]["schemas"][name]
            waiting += [one.shape for one in fields_of(document, schema) if one.shape]
    schemas = document["components"]["schemas"]
    return [(name, schemas[name]["description"], fields_of(document, schemas[name])) for name in names]


# -- schemas in words


def resolved(document: Json, value: Json) -> Json:
    if "$ref" not in value:
        return value
    found: Any = document
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**found, **{name: one for name, one in value.items() if name != "$ref"}}


def name_of(schema: Json) -> str:
    """Of the component that it refers to, directly or as one of several."""
    for one in (schema, *schema.get("anyOf", ()), schema.get("items", {})):
        if "$ref" in one:
            return str(one["$ref"].rpartition("/")[2])
    return ""


def fields_of(document: Json, schema: Json, level: int = 1) -> list[Field]:
    whole = resolved(document, schema)
    return [
        field_of(document, name, one, is_required=name in whole.get("required", ()), level=level)
        for name, one in whole.get("properties", {}).items()
    ]


def field_of(document: Json, name: str, schema: Json, *, is_required: bool, level: int) -> Field:
    inner = schema.get("items", schema)
    fields = fields_of(document, inner, level + 1) if "properties" in inner and level < DEEPEST else []
    return Field(
        name,
        type_of(schema),
        described(schema),
        tuple(str(one) for one in schema.get("enum", inner.get("enum", ())) if one is not None),
        (*(("required",) if is_required else ()), *limits_of(schema)),
        tuple(fields),
        name_of(schema),
    )


def described(schema: Json) -> str:
    """What a form calls the field, and what it says of it."""
    said = [schema.get(one, "") for one in ("title", "description")]
    return " ".join(one if one.endswith((".", "?", "!", "…")) else f"{one}." for one in said if one)


def type_of(schema: Json) -> str:
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return name_of(schema)
    kinds = schema.get("type", "anything")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "array" in kinds:
        kinds[kinds.index("array")] = f"array of {type_of(schema.get('items', {}))}"
    if format_ := schema.get("format"):
        kinds[0] = format_
    return " or ".join(kinds)


def limits_of(schema: Json) -> Iterator[str]:
    """In English, as all that the document says."""
    words = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "maxItems": "at most {} items",
        "default": "otherwise {}",
    }
    for name, pattern in words.items():
        if name in schema and not (name == "minLength" and schema[name] == 1):
            yield pattern.format(schema[name])


def parameter(told: Json) -> Field:
    one = field_of({}, told["name"], told["schema"], is_required=told.get("required", False), level=DEEPEST)
    return Field(one.name, one.type, told["description"], one.choices, one.limits)


def answer(status: str, told: Json) -> Answer:
    content: Json = next(iter(told.get("content", {}).values()), {})
    schema = content.get("schema", {})
    items = schema.get("properties", {}).get("items", {})
    example = json.dumps(content["example"], ensure_ascii=False, indent=2) if "example" in content else ""
    return Answer(
        status,
        told["description"],
        name_of(items) or name_of(schema),
        bool(items),
        tuple(told.get("headers", ())),
        example,
    )
