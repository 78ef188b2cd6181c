"""Series, and the order of their posts."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from flask_login import current_user

from broadsheet.blueprints.api.fields import WHOLE, Kind
from broadsheet.blueprints.api.operations import Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import body, refuse_strange
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.topics import SERIES, held, put_on
from broadsheet.extensions import db
from broadsheet.models import Post, Series
from broadsheet.models.content import State
from broadsheet.models.series import LAST_PLACE, MOST_IN_ORDER
from broadsheet.web.problems import Problem

blueprint = Blueprint("series", __name__, url_prefix="/series")

put_on(blueprint, Series, SERIES)

PLACE = Representation(
    "PlaceInSeries",
    "A post, and where it stands.",
    (
        attribute("id", int, "Of the post."),
        attribute("title", str),
        attribute("state", State),
        attribute(
            "place",
            int,
            "Null: after those that have a place, by its date.",
            get=lambda one: one.series_position,
            or_null=True,
        ),
    ),
)
ORDER = Representation(
    "OrderOfSeries",
    f"The posts of a series in their order, at most {MOST_IN_ORDER}; drafts, too.",
    (attribute("posts", [PLACE], get=lambda one: list(db.session.scalars(one.in_order()))),),
)
NUMBER = Kind({"type": ["integer"]}, WHOLE)
ROWS = Kind({"type": ["array"]}, "a list of objects", {"id": NUMBER, "place": NUMBER})
TAKES_PLACES = Input(
    schema={
        "type": "object",
        "properties": {
            "posts": {
                "type": "array",
                "maxItems": MOST_IN_ORDER,
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "integer", "description": "Of a post of the series."},
                        "place": {"type": ["integer", "null"], "minimum": 1, "maximum": LAST_PLACE},
                    },
                    "required": ["id"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["posts"],
        "additionalProperties": False,
    }
)


@blueprint.get("/<int:id>/order")
@operation("Read the order of a series", gives=ORDER)
def order(id: int) -> dict[str, Any]:
    return shown(ORDER, db.get_or_404(Series, id))


@blueprint.put("/<int:id>/order")
@operation(
    "Put a series in order",
    description="A post that is left out has no place: it comes after those that have one, by its date.",
    takes=TAKES_PLACES,
    gives=ORDER,
    example={"posts": [{"id": 1, "place": 1}]},
)
def put_in_order(id: int) -> dict[str, Any]:
    series = held(Series, id)
    demand_match(ORDER, series)
    series.order(wanted_places(series), by=current_user._get_current_object())
    db.session.flush()
    return ORDER.of(series)


def wanted_places(series: Series) -> dict[Post, int | None]:
    sent = body()
    refuse_strange(sent, {"posts": ROWS})
    rows = sent.get("posts")
    if rows is None:
        raise Problem(422, "Nothing was stored.", errors=[("/posts", "The list of posts is missing.")])
    posts = {post.id: post for post in db.session.scalars(series.in_order())}
    if errors := list(wrong_places(rows, posts)):
        raise Problem(422, "Some of it cannot be right. Nothing was stored.", errors=errors)
    places = {row["id"]: row.get("place") for row in rows}
    return {post: places.get(id) for id, post in posts.items()}


def wrong_places(rows: list[dict[str, Any]], posts: dict[int, Post]) -> Iterator[tuple[str, str]]:
    seen: set[int | None] = set()
    for number, row in enumerate(rows):
        id, place = row.get("id"), row.get("place")
        if id not in posts:
            yield f"/posts/{number}/id", "No post of this series has this number."
        elif id in seen:
            yield f"/posts/{number}/id", "This post is in the list already."
        if place is not None and not 1 <= place <= LAST_PLACE:
            yield f"/posts/{number}/place", f"Write a whole number from 1 to {LAST_PLACE}."
        seen.add(id)
