"""Lists: a page at a time, from a place in an order rather than from a number (keyset pagination). What is
written meanwhile neither shifts a page nor shows anything twice, and the last page costs what the first does.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.blueprints.api.operations import FIELDS, Parameter, in_json, wanted_fields
from broadsheet.blueprints.api.representing import Representation
from broadsheet.extensions import db
from broadsheet.web.addresses import LARGEST
from broadsheet.web.problems import Problem

USUAL, MOST = 20, 100
LARGEST_SORTED = 2**63 - 1  # of the databases' BIGINT
MOST_LARGE = 20  # where large attributes are asked for, such as texts


@dataclass(frozen=True)
class Order:
    """By one column, then by id. `get` reads of a row what the column says; what has nothing there is left
    out."""

    column: Any
    get: Callable[[Any], Any]
    type: type[datetime] | type[str] | type[int]
    may_be_null: bool = False


def by(column: Any, type: type[Any], *, may_be_null: bool = False) -> Order:
    return Order(column, lambda one: getattr(one, column.key), type, may_be_null)


def list_parameters(orders: Mapping[str, Order], default: str) -> tuple[Parameter, ...]:
    """Those that each list takes."""
    names = [sign + name for name in orders for sign in ("", "-")]
    return (
        Parameter(
            "limit",
            f"How many at most: {USUAL} unless it says otherwise. Where `fields` names an attribute that "
            f"lists leave out, such as the text of a post, at most {MOST_LARGE}.",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        ),
        Parameter("after", "Where the page before ended. Take it from `next`, as it is."),
        Parameter(
            "sort",
            "By which attribute; with a hyphen before it, the other way round.",
            {"type": "string", "enum": names, "default": default},
        ),
        FIELDS,
    )


def page(
    query: Select[Any],
    shape: Representation,
    *,
    orders: Mapping[str, Order],
    default: str,
    id_column: Any,
    options: Sequence[ORMOption] = (),
    seen: Callable[[Sequence[Any]], Sequence[Any]] = list,
) -> Response:
    """A page of what the query finds: `{"items": […], "next": address or null}`, and the same in `Link`
    (RFC 8288). `seen` makes of the rows, all at once, what the shape tells of."""
    names, sort = wanted_fields(shape, shape.small), wanted_sort(orders, default)
    limit = wanted_limit(large=[name for name in names if name not in shape.small])
    order = orders[sort.lstrip("-")]
    if order.may_be_null:
        query = query.where(order.column.is_not(None))
    if "after" in request.args:
        query = query.where(beyond(order, id_column, sort))
    directed = [one.desc() if sort.startswith("-") else one.asc() for one in (order.column, id_column)]
    found = db.session.scalars(query.order_by(*directed).options(*options).limit(limit + 1)).unique().all()
    items = found[:limit]
    following = address(after=cursor(sort, order, items[-1])) if len(found) > limit else None
    response = in_json({"items": [shape.of(one, names) for one in seen(items)], "next": following})
    links = [f'<{address(after=None)}>; rel="first"']
    if following:
        links.append(f'<{following}>; rel="next"')
    response.headers["Link"] = ", ".join(links)
    response.add_etag()
    return response


def wanted_limit(large: Sequence[str] = ()) -> int:
    """`large` are the large attributes that are asked for."""
    if not large:
        return wanted_number("limit", USUAL, 1, MOST)
    limit = wanted_number("limit", min(USUAL, MOST_LARGE), 1, MOST)
    if limit > MOST_LARGE:
        raise wrong("limit", f"With “{large[0]}” a page holds no more than {MOST_LARGE}.")
    return limit


def wanted_sort(orders: Mapping[str, Order], default: str) -> str:
    asked = request.args.get("sort", default)
    if asked.removeprefix("-") not in orders:
        raise wrong("sort", f"There are: {', '.join(orders)}; each with a hyphen before it, too.")
    return asked


def wanted_number(name: str, default: int | None, least: int, most: int) -> int:
    """One in digits; without a default it has to be there."""
    asked = request.args.get(name, "" if default is None else str(default))
    if asked.isascii() and asked.isdigit() and len(asked) <= len(str(most)) and least <= int(asked) <= most:
        return int(asked)
    raise wrong(name, f"Write a whole number from {least} to {most}.")


def choice_parameter(name: str, words: str, choices: Iterable[str], **more: Any) -> Parameter:
    return Parameter(name, words, {"type": "string", "enum": [str(one) for one in choices], **more})


def wanted_choice(name: str, choices: Iterable[str]) -> Any:
    """A parameter that is one of some words, or None: left out. An empty one is no choice, either."""
    asked = request.args.get(name)
    if asked is not None and asked not in list(choices):
        raise wrong(name, f"There are: {', '.join(choices)}.")
    return asked


def wanted_flag(name: str) -> bool | None:
    """A parameter that is true, false or left out."""
    asked = request.args.get(name)
    if asked not in (None, "true", "false"):
        raise wrong(name, "Write true or false.")
    return None if asked is None else asked == "true"


def beyond(order: Order, id_column: Any, sort: str) -> ColumnElement[bool]:
    """What comes after the place that the address names."""
    value, id = place(request.args["after"], sort, order.type)
    column = order.column
    # The first condition is implied by the second; by it the databases find the place in an index.
    if sort.startswith("-"):
        return and_(column <= value, or_(column < value, id_column < id))
    return and_(column >= value, or_(column > value, id_column > id))


def cursor(sort: str, order: Order, last: Any) -> str:
    value = order.get(last)
    at = [sort, value.isoformat() if isinstance(value, datetime) else value, last.id]
    text = json.dumps(at, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(text: str, sort: str, type_: type) -> tuple[Any, int]:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        of_sort, value, id = json.loads(base64.b64decode(padded, b"-_", validate=True))
        value = in_order(value, type_)
        is_right = isinstance(id, int) and 0 <= id <= LARGEST
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        is_right = False
    if not is_right or of_sort != sort:
        raise wrong("after", "This is no place in this list. Take it from “next” of the page before.")
    return value, id


def in_order(value: Any, type_: type) -> Any:
    """What a column of this type can be compared with. Raises ValueError, TypeError or OverflowError."""
    if type_ is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    if not isinstance(value, type_) or isinstance(value, bool):
        raise TypeError
    if isinstance(value, int) and abs(value) > LARGEST_SORTED:
        raise OverflowError
    if isinstance(value, str) and "\0" in value.encode().decode():  # nor halves of surrogate pairs
        raise ValueError
    return value


def wrong(parameter: str, words: str) -> Problem:
    return Problem(400, "What is asked for cannot be found so.", errors=[(f"?{parameter}", words)])


def address(**changed: str | None) -> str:
    """This list, elsewhere; whole."""
    asked = {**request.args.to_dict(), **changed}
    query = urlencode({name: value for name, value in asked.items() if value is not None}, safe=",")
    return f"{request.base_url}?{query}" if query else request.base_url
