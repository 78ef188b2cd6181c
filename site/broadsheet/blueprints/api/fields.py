"""The fields of a form as JSON sees them: of which type each is, and how a value is written as a browser
would write it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask_babel import force_locale
from wtforms import BooleanField, FieldList, FormField, IntegerField, RadioField, SelectField
from wtforms.form import BaseForm

from broadsheet.forms.fields import ContentField, MomentField, NamesField, PictureField
from broadsheet.web.addresses import LARGEST
from broadsheet.web.fields import AtMost

# What only a page has: its token, and of rows their numbers and the box that drops one. A list has an order.
NOT_SENT = frozenset({"csrf_token", "confirmed", "position", "remove"})
WHOLE = f"a whole number of at most {LARGEST}"


@dataclass(frozen=True)
class Kind:
    """`schema` is one of JSON Schema (draft 2020-12); null empties a field, as leaving it empty does."""

    schema: Mapping[str, Any]
    words: str
    parts: Mapping[str, "Kind"] = field(default_factory=dict)  # of the objects in a list
    most: int = LARGEST  # of a number, to both sides of 0

    @property
    def is_list(self) -> bool:
        return bool(self.parts)

    def takes(self, value: Any) -> bool:
        """Whether it is of the type; what it says is left to the form."""
        match self.schema["type"][0]:
            case "array":
                return value is None or (isinstance(value, list) and all(map(is_name, value)))
            case "boolean":
                return isinstance(value, bool | None)
            case "integer":
                return value is None or (type(value) is int and abs(value) <= self.most)
        if self.schema.get("format") == "date-time" and isinstance(value, str):
            return is_moment(value)
        return isinstance(value, str | None)

    def text(self, value: Any) -> str:
        if value is None or (value is False and "enum" not in self.schema):
            return ""
        if value is True and "enum" not in self.schema:
            return "y"
        return ", ".join(value) if isinstance(value, list) else str(value)


def is_name(value: Any) -> bool:
    return isinstance(value, str) and "," not in value


def is_moment(text: str) -> bool:
    """RFC 3339, section 5.6: with its zone."""
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # at either end of time there is none
    except (ValueError, OverflowError):
        return False
    return at.tzinfo is not None and "T" in text.upper()


@cache
def kinds_of(form: type[BaseForm]) -> Mapping[str, Kind]:
    """By name, in the order of the form. The form is not filled, and nobody need be signed in."""
    with force_locale("en"):  # remembered for everybody, whichever language the site is in
        return known_fields(form)


def known_fields(form: type[BaseForm]) -> dict[str, Kind]:
    return {bound.name: kind_of(bound) for bound in bound_fields(form) if bound.name not in NOT_SENT}


def bound_fields(form: type[BaseForm]) -> list[Any]:
    found = [(name, getattr(form, name)) for name in dir(form) if not name.startswith("_")]
    fields = [(name, one) for name, one in found if hasattr(one, "_formfield")]
    return list(BaseForm(sorted(fields, key=lambda one: one[1].creation_counter)))


def kind_of(bound: Any) -> Kind:
    told = {"title": str(bound.label.text), "description": str(bound.description)}
    described = {name: words for name, words in told.items() if words}
    if isinstance(bound, FieldList):
        return rows(bound, described)
    schema, words = type_of(bound)
    limits = (one.characters for one in bound.validators if isinstance(one, AtMost))
    if limit := next(limits, bound.flags.maxlength):
        schema["maxLength"] = limit
    return Kind(schema | described, words)


def rows(bound: FieldList, described: dict[str, str]) -> Kind:
    row = bound.unbound_field
    parts = kinds_of(row.args[0] if row.field_class is FormField else row.field_class)
    properties = {name: dict(kind.schema) for name, kind in parts.items()}
    schema = {
        "type": ["array", "null"],
        "items": {"type": "object", "properties": properties, "additionalProperties": False},
    }
    if bound.max_entries:
        schema["maxItems"] = bound.max_entries
    return Kind(schema | described, "a list of objects", parts)


def type_of(bound: Any) -> tuple[dict[str, Any], str]:
    if isinstance(bound, NamesField):
        items: dict[str, Any] = {"type": "string", "pattern": "^[^,]*$"}
        if known := getattr(bound, "known", None):
            items["enum"] = list(known)
        return {"type": ["array", "null"], "items": items}, "a list of names without commas"
    if isinstance(bound, MomentField):
        schema = {"type": ["string", "null"], "format": "date-time", "examples": ["2027-05-31T09:00:00Z"]}
        return schema, "a moment with its zone, as in “2027-05-31T09:00:00Z” (RFC 3339)"
    if isinstance(bound, BooleanField):
        return {"type": ["boolean", "null"]}, "true or false"
    if isinstance(bound, IntegerField):
        schema = {"type": ["integer", "null"]}
        if between := getattr(bound, "between", None):
            schema |= {"minimum": between[0], "maximum": between[1]}
        return schema, WHOLE
    if isinstance(bound, PictureField):
        schema = {"type": ["string", "null"], "examples": ["/uploads/…/picture.jpg"]}
        return schema, "the address of a picture"
    if isinstance(bound, ContentField):
        return {"type": ["string", "null"], "examples": ["/post/7"]}, "an address"
    if isinstance(bound, SelectField | RadioField):
        return chosen(bound)
    return {"type": ["string", "null"]}, "a text"


def chosen(bound: Any) -> tuple[dict[str, Any], str]:
    """One of its choices; those that only the filled form knows are left to it."""
    values = [one if isinstance(one, str) else one[0] for one in bound.choices or ()]
    if values and all(isinstance(one, bool) for one in values):
        return {"type": ["boolean", "null"], "enum": [*values, None]}, "true or false"
    if bound.coerce is int:
        return {"type": ["integer", "null"]} | ({"enum": [*values, None]} if values else {}), WHOLE
    schema: dict[str, Any] = {"type": ["string", "null"]}
    if values:
        schema["enum"] = [*map(str, values), None]
    return schema, "a text"
