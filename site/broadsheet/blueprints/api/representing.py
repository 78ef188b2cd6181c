"""What a noun looks like in JSON: one table of attributes, from which the answers, the sparse fields and the
schemas of the OpenAPI document are made."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Attribute:
    """`type` is what stands there: `str`, `int`, `float`, `bool`, `datetime`, `dict`, `object`
    (anything), an enumeration, a Representation, or a list of one with these; with `or_null`, also null."""

    name: str
    type: Any
    get: Callable[[Any], Any]
    description: str = ""
    or_null: bool = False
    large: bool = False  # left out of lists, unless it is asked for

    def value(self, subject: Any) -> Any:
        return in_json(self.type, self.get(subject))


@dataclass(frozen=True)
class Representation:
    name: str
    description: str
    attributes: tuple[Attribute, ...]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.attributes]

    @property
    def small(self) -> list[str]:
        """The names of what stands in a list."""
        return [one.name for one in self.attributes if not one.large]

    def of(self, subject: Any, names: Collection[str] | None = None) -> dict[str, Any]:
        """All of it, or what has one of these names."""
        return {one.name: one.value(subject) for one in self.attributes if names is None or one.name in names}


def attribute(
    name: str,
    type: Any,
    description: str = "",
    *,
    get: Callable[[Any], Any] | None = None,
    or_null: bool = False,
    large: bool = False,
) -> Attribute:
    """Without `get` it is what the model calls so."""
    return Attribute(name, type, get or (lambda one: getattr(one, name)), description, or_null, large)


def in_json(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, list):
        return [in_json(type_[0], one) for one in value]
    if isinstance(type_, Representation):
        return type_.of(value)
    if isinstance(value, datetime):
        return rfc_3339(value)
    return value.value if isinstance(value, StrEnum) else value


def rfc_3339(at: datetime) -> str:
    """In UTC: `2027-05-31T09:00:00Z`, with fractions of a second if it has any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def all_of(shapes: Iterable[Representation]) -> dict[str, Representation]:
    """These and those that stand in them, by name."""
    found: dict[str, Representation] = {}
    for shape in shapes:
        found |= {shape.name: shape} | all_of(parts_of(shape))
    return found


def parts_of(shape: Representation) -> list[Representation]:
    types = [one.type[0] if isinstance(one.type, list) else one.type for one in shape.attributes]
    return [one for one in types if isinstance(one, Representation)]
