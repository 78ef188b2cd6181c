"""What stands in the document as an example: values that look like those of a site, made of the
representations."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from broadsheet.blueprints.api.representing import Attribute, Representation

MOMENT = "2027-05-31T09:00:00Z"
SITE = "https://example.org"
# By the name of an attribute, or of one of a representation alone.
VALUES: dict[str, Any] = {
    "id": 7,
    "title": "The harbour at dawn",
    "summary": "What the first ferry carries.",
    "excerpt": "At five the lamps go out one by one.",
    "slug": "the-harbour-at-dawn",
    "url": f"{SITE}/post/7/the-harbour-at-dawn",
    "language": "en",
    "state": "published",
    "word_count": 640,
    "version": 3,
    "byline": "",
    "tags": ["Harbour", "Morning"],
    "series": "the-harbour",
    "cover_alt": "Boats in the first light.",
    "body": "At five the lamps go out *one by one*.\n",
    "html": "<p>At five the lamps go out <em>one by one</em>.</p>\n",
    "canonical_url": "",
    "search_title": "",
    "search_description": "",
    "username": "ann",
    "name": "Ann Author",
    "email": "ann@example.org",
    "Byline.id": 2,
    "Byline.url": f"{SITE}/user/ann",
    "Page.title": "Imprint",
    "Page.slug": "imprint",
    "Page.url": f"{SITE}/imprint",
    "Page.summary": "Who is behind this.",
    "Page.excerpt": "Written and printed in a small room by the sea.",
    "Page.body": "Written and printed in a *small room* by the sea.\n",
    "Page.html": "<p>Written and printed in a <em>small room</em> by the sea.</p>\n",
    "Picture.id": 12,
    "path": "/uploads/9f2c4b7a1d3e5f60/harbour.jpg",
    "Picture.url": f"{SITE}/uploads/9f2c4b7a1d3e5f60/harbour.jpg",
    "width": 1600,
    "height": 1067,
    "alt": "Boats in the first light.",
}
# By the name of a member of a body, for calls that name no example of their own.
PLACES = {"id": 7}


def of_representation(shape: Representation, said: Any = None, *, in_list: bool = False) -> dict[str, Any]:
    """One thing in this shape; what was `said` in the body before is what it says."""
    kept = said if isinstance(said, dict) else {}
    return {
        one.name: kept[one.name] if fits(one, kept.get(one.name)) else of_attribute(shape, one)
        for one in shape.attributes
        if not (in_list and one.large)
    }


def of_list(shape: Representation) -> dict[str, Any]:
    return {"items": [of_representation(shape, in_list=True)], "next": None}


def fits(one: Attribute, value: Any) -> bool:
    """Whether what was sent under this name can be what is answered."""
    if isinstance(one.type, list):
        return one.type == [str] and isinstance(value, list)
    return isinstance(one.type, type) and one.type in (str, int, bool) and type(value) is one.type


def of_attribute(shape: Representation, one: Attribute) -> Any:
    for name in (f"{shape.name}.{one.name}", one.name):
        if name in VALUES and (fits(one, VALUES[name]) or is_one_of(one.type, VALUES[name])):
            return VALUES[name]
    return None if one.or_null else of_type(one.type)


def is_one_of(type_: Any, value: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, StrEnum) and value in list(type_)


def of_type(type_: Any) -> Any:
    if isinstance(type_, list):
        return [of_type(type_[0])]
    if isinstance(type_, Representation):
        return of_representation(type_)
    if issubclass(type_, StrEnum):
        return next(iter(type_)).value
    known: dict[type, Any] = {
        str: "",
        int: 1,
        bool: False,
        float: 0.5,
        datetime: MOMENT,
        dict: {},
        object: {},
    }
    return known[type_]


def of_place(name: str, schema: dict[str, Any]) -> Any:
    """What stands in an address in place of `{name}`."""
    if "enum" in schema:
        return schema["enum"][0]
    return PLACES.get(name, 1) if schema.get("type") == "integer" else VALUES.get(name, name)
