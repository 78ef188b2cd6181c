"""Activity: the audit log, who did what, when and from where."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement

from broadsheet import signals
from broadsheet.blueprints.api.fields import is_moment
from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_number,
    wrong,
)
from broadsheet.blueprints.api.operations import FIELDS, Parameter, operation, shown
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.models import Event
from broadsheet.web.addresses import LARGEST

blueprint = Blueprint("activity", __name__, url_prefix="/activity")

EVENT = Representation(
    "Event",
    "Something that somebody did.",
    (
        attribute("id", int, "Later ones have larger numbers."),
        attribute("at", datetime),
        attribute("action", str, "The name of the signal."),
        attribute("subject_kind", str, "What it happened to."),
        attribute("subject_id", int, or_null=True),
        attribute("subject_label", str, "As it was called then."),
        attribute("actor_id", int, "Of the person; null: somebody without an account.", or_null=True),
        attribute("actor_name", str, "As it was then; empty: a visitor, or the command line."),
        attribute("address", str, "From which network address; empty: the command line."),
        attribute("request_id", str, "Under which the server's log knows the request."),
        attribute("details", dict, get=lambda one: one.details or {}),
    ),
)
ORDERS = {"id": by(Event.id, int), "at": by(Event.at, datetime)}
MOMENT = {"type": "string", "format": "date-time"}


def by_whom(_asked: str) -> ColumnElement[bool]:
    number = wanted_number("who", None, 0, LARGEST)
    return Event.actor_id == number if number else Event.actor_id.is_(None)


def of_what(asked: str) -> ColumnElement[bool]:
    if asked not in signals.every():
        raise wrong("what", "There is no signal of this name.")
    return Event.action == asked


def moment(parameter: str) -> datetime:
    asked = request.args[parameter]
    if not is_moment(asked):
        raise wrong(parameter, "Write a moment with its zone, as in “2027-05-31T09:00:00Z” (RFC 3339).")
    return datetime.fromisoformat(asked)


FILTERS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "q": lambda words: Event.matching(words[:200]),
    "who": by_whom,
    "what": of_what,
    "since": lambda _asked: Event.at >= moment("since"),
    "until": lambda _asked: Event.at < moment("until"),
}


@blueprint.get("")
@operation(
    "List what was done",
    description="The audit log, the newest first.",
    gives=EVENT,
    lists=True,
    parameters=(
        *list_parameters(ORDERS, "-id"),
        Parameter("q", "Words, each of which stands in who did it, to what, or from which address."),
        Parameter(
            "who",
            "The number of a person; 0: those without an account.",
            {"type": "integer", "minimum": 0, "maximum": LARGEST},
        ),
        choice_parameter("what", "The name of a signal.", sorted(signals.every())),
        Parameter("since", "From this moment on.", MOMENT),
        Parameter("until", "Before this moment.", MOMENT),
    ),
)
def index() -> Response:
    query = db.select(Event)
    for name, condition in FILTERS.items():
        if name in request.args:
            query = query.where(condition(request.args[name]))
    return page(query, EVENT, orders=ORDERS, default="-id", id_column=Event.id)


@blueprint.get("/<int:id>")
@operation(
    "Read what was done",
    description="One entry of the audit log.",
    gives=EVENT,
    parameters=(FIELDS,),
)
def show(id: int) -> dict[str, Any]:
    return shown(EVENT, db.first_or_404(db.select(Event).where(Event.id == id)))
