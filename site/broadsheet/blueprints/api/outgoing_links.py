"""Links to other sites: whether they still lead somewhere, and the texts in which they stand."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Select

from broadsheet import jobs
from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
)
from broadsheet.blueprints.api.operations import FIELDS, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.forms.concerns import with_text
from broadsheet.jobs import link_checks
from broadsheet.models import Link, OutgoingAddress

blueprint = Blueprint("outgoing_links", __name__, url_prefix="/outgoing-links")


class State(StrEnum):
    UNKNOWN = "unknown"
    ALIVE = "alive"
    FAILING = "failing"
    DEAD = "dead"
    IGNORED = "ignored"


VIEWS: dict[State, Callable[[], Select[Any]]] = {
    State.DEAD: OutgoingAddress.dead,
    State.FAILING: OutgoingAddress.failing,
    State.IGNORED: OutgoingAddress.set_aside,
}


def state_of(address: Any) -> State:
    if address.ignored:
        return State.IGNORED
    if address.dead_since:
        return State.DEAD
    if address.failures:
        return State.FAILING
    return State.ALIVE if address.checked_at else State.UNKNOWN


MENTION = Representation(
    "Place",
    "A text in which something stands.",
    (attribute("kind", str, "post or page"), attribute("id", int), attribute("title", str)),
)
OUTGOING_LINK = Representation(
    "OutgoingLink",
    "An address of another site to which texts lead.",
    (
        attribute("id", int),
        attribute("address", str, get=lambda one: one.url),
        attribute("state", State, "Dead only after several failures over several days.", get=state_of),
        attribute("status", int, "Of HTTP; null: nobody answered, or nobody has asked yet.", or_null=True),
        attribute("problem", str, "What was wrong when it was looked at last."),
        attribute("checked_at", datetime, or_null=True),
        attribute("check_at", datetime, "When it is looked at next."),
        attribute("failing_since", datetime, or_null=True),
        attribute("texts", [MENTION], "Those that are not in the trash."),
    ),
)
ORDERS = {"id": by(OutgoingAddress.id, int), "check_at": by(OutgoingAddress.check_at, datetime)}


class WithTexts:
    def __init__(self, address: OutgoingAddress, texts: Sequence[Any]) -> None:
        self._address, self.texts = address, texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._address, name)


@blueprint.get("")
@operation(
    "List links to other sites",
    description="Those in texts that are not in the trash, each with these texts.",
    gives=OUTGOING_LINK,
    lists=True,
    parameters=(
        *list_parameters(ORDERS, "id"),
        choice_parameter("state", "Only these.", VIEWS),
    ),
)
def index() -> Response:
    asked = wanted_choice("state", VIEWS)
    query = VIEWS[State(asked)]() if asked else OutgoingAddress.linked()
    return page(
        query,
        OUTGOING_LINK,
        orders=ORDERS,
        default="id",
        id_column=OutgoingAddress.id,
        seen=with_texts,
    )


@blueprint.get("/<int:id>")
@operation(
    "Read a link to another site",
    description="What was found at it when it was looked at last.",
    gives=OUTGOING_LINK,
    parameters=(FIELDS,),
)
def show(id: int) -> dict[str, Any]:
    address = db.first_or_404(db.select(OutgoingAddress).where(OutgoingAddress.id == id))
    return shown(OUTGOING_LINK, with_texts([address])[0])


@blueprint.post("/<int:id>/check")
@operation(
    "Look at a link now",
    description="In the background: read the link a moment later.",
    gives=OUTGOING_LINK,
    status=202,
)
def check(id: int) -> dict[str, Any]:
    address = held_or_404(id)
    jobs.later(link_checks.check, address.id)
    return told(address)


@blueprint.put("/<int:id>/ignored")
@operation(
    "Leave a link alone from now on",
    description="Somebody knows that it is all right.",
    gives=OUTGOING_LINK,
)
def ignore(id: int) -> dict[str, Any]:
    address = held_or_404(id)
    address.ignore()
    return told(address)


@blueprint.delete("/<int:id>/ignored")
@operation(
    "Heed a link again",
    description="It is looked at as the others are.",
    status=204,
)
def heed(id: int) -> None:
    held_or_404(id).heed()


def held_or_404(id: int) -> OutgoingAddress:
    query = db.select(OutgoingAddress).where(OutgoingAddress.id == id).with_for_update()
    address: OutgoingAddress = db.one_or_404(query)
    demand_match(OUTGOING_LINK, with_texts([address])[0])
    return address


def told(address: OutgoingAddress) -> dict[str, Any]:
    db.session.flush()
    return OUTGOING_LINK.of(with_texts([address])[0])


def with_texts(addresses: Sequence[OutgoingAddress]) -> list[WithTexts]:
    """One question for all of them."""
    texts: defaultdict[int | None, list[Any]] = defaultdict(list)
    links = db.select(Link).where(Link.outgoing_id.in_([one.id for one in addresses])).order_by(Link.id)
    for link in db.session.scalars(with_text(links)):
        if link.text.trashed_at is None:
            texts[link.outgoing_id].append(link.text)
    return [WithTexts(one, texts[one.id]) for one in addresses]
