"""What came in: messages and submissions share their boxes and most deeds. messages.py and submissions.py put
it on their blueprints."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api import trash
from broadsheet.blueprints.api.fields import Kind
from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
)
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import body, filled, refuse_strange
from broadsheet.blueprints.api.replies import ORDERS as REPLY_ORDERS
from broadsheet.blueprints.api.replies import REPLY
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm
from broadsheet.models import Reply
from broadsheet.models.incoming import Box
from broadsheet.web.problems import API, Problem
from broadsheet.web.verdicts import reasons

SHARED = (
    attribute("id", int),
    attribute("name", str, "Of the sender, as it was given."),
    attribute("email", str, "Of the sender, as it was given."),
    attribute("excerpt", str, "How the text begins."),
    attribute("body", str, large=True),
    attribute("box", Box, "What is in the trash is nowhere else."),
    attribute("is_spam", bool),
    attribute("judged_by_person", bool, "Whether somebody said so, or the filter alone."),
    attribute("spam_reasons", [str], "Why the filter thought so, the weightiest first.", get=reasons),
    attribute("created_at", datetime, "When it came in."),
    attribute("answered_at", datetime, or_null=True),
    attribute("trashed_at", datetime, or_null=True),
)
BOX = choice_parameter("box", "In which it is.", Box, default=Box.INBOX.value)
WORDS = Parameter("q", "Words, each of which stands in it or in who sent it.")
Filters = Mapping[str, Callable[[str], ColumnElement[bool]]]


def put_on(
    blueprint: Blueprint,
    kind: Any,
    shape: Representation,
    *,
    filters: Filters,
    parameters: tuple[Parameter, ...],
) -> None:
    word, many = kind.kind, f"{kind.kind}s"
    orders = {
        "created_at": by(kind.created_at, datetime),
        "trashed_at": by(kind.trashed_at, datetime, may_be_null=True),
        "id": by(kind.id, int),
    }

    def held(id: int) -> Any:
        """Two who judge it at once teach the filter one after the other."""
        one = db.one_or_404(db.select(kind).where(kind.id == id).with_for_update())
        demand_match(shape, one)
        return one

    def told(one: Any) -> dict[str, Any]:
        db.session.flush()
        return shape.of(one)

    @blueprint.get("")
    @operation(
        f"List {many}",
        description="Those in the inbox, unless another box is named.",
        gives=shape,
        lists=True,
        parameters=(*list_parameters(orders, "-created_at"), BOX, WORDS, *parameters),
    )
    def index() -> Response:
        query = db.select(kind).where(
            kind.is_in(wanted_box()), kind.matching(request.args.get("q", "")[:200])
        )
        for name, condition in filters.items():
            if name in request.args:
                query = query.where(condition(request.args[name]))
        return page(
            query,
            shape,
            orders=orders,
            default="-created_at",
            id_column=kind.id,
            options=kind.for_a_list(),
        )

    @blueprint.get("/<int:id>")
    @operation(
        f"Read a {word}",
        description="As it was sent. To read it here does not mark it.",
        gives=shape,
        parameters=(FIELDS,),
    )
    def show(id: int) -> dict[str, Any]:
        return shown(shape, db.first_or_404(db.select(kind).where(kind.id == id)))

    @blueprint.put("/<int:id>/judgement")
    @operation(
        f"Judge whether a {word} is spam",
        description="The filter learns from it. It outweighs whatever was thought before.",
        takes=of_flag("is_spam"),
        gives=shape,
        example={"is_spam": True},
    )
    def judge(id: int) -> dict[str, Any]:
        one = held(id)
        one.judge(is_spam=flag("is_spam"))
        return told(one)

    @blueprint.delete("/<int:id>/judgement")
    @operation(
        "Withdraw a judgement",
        description="It is where the filter put it; what the filter learned from the judgement is unlearned.",
        status=204,
    )
    def withdraw_judgement(id: int) -> None:
        held(id).withdraw_judgement()

    @blueprint.delete("/<int:id>")
    @operation(
        f"Move a {word} to the trash",
        description="From there it can be taken back for 30 days.",
        status=204,
    )
    def destroy(id: int) -> None:
        held(id).trash()

    @blueprint.post("/<int:id>/recovery")
    @operation(
        f"Take a {word} back from the trash",
        description="It is in the box in which it was before.",
        gives=shape,
    )
    def recover(id: int) -> dict[str, Any]:
        one = held(id)
        one.recover()
        return told(one)

    @blueprint.get("/<int:id>/replies")
    @operation(
        f"List the replies to a {word}",
        description="In the order in which they were written.",
        gives=REPLY,
        lists=True,
        parameters=list_parameters(REPLY_ORDERS, "created_at"),
    )
    def replies(id: int) -> Response:
        one = db.first_or_404(db.select(kind).where(kind.id == id))
        return page(
            Reply.thread(one).order_by(None),
            REPLY,
            orders=REPLY_ORDERS,
            default="created_at",
            id_column=Reply.id,
            options=[joinedload(Reply.author)],
        )

    @blueprint.post("/<int:id>/replies")
    @operation(
        "Reply by mail",
        description="To the sender. The same words of the same person again are the same reply.",
        takes=Input(ReplyForm, required=("body",)),
        gives=REPLY,
        status=201,
        example={"body": "Thank you for writing."},
    )
    def reply(id: int) -> Created:
        made = filled(ReplyForm, held(id)).write(by=current_user._get_current_object())
        db.session.flush()
        return Created(REPLY.of(made), url_for("api.replies.show", id=made.id, _external=True))

    @trash.blueprint.delete(f"/{many}/<int:id>", endpoint=many)
    @operation(
        f"Delete a {word} for good",
        description="Nothing brings it back. Only what is in the trash can be deleted.",
        status=204,
    )
    def delete(id: int) -> None:
        one = held(id)
        if one.trashed_at is None:
            raise Problem(409, f"It is not in the trash. DELETE {API}/{many}/{id} moves it there.")
        one.delete()


def wanted_box() -> Box:
    return Box(wanted_choice("box", Box) or Box.INBOX)


# -- what takes a single word: yes or no


def of_flag(name: str) -> Input:
    properties = {name: {"type": "boolean"}}
    return Input(
        schema={
            "type": "object",
            "properties": properties,
            "required": [name],
            "additionalProperties": False,
        }
    )


def flag(name: str) -> bool:
    sent = body()
    refuse_strange(sent, {name: Kind({"type": ["boolean", "null"]}, "true or false")})
    if sent.get(name) is None:
        raise Problem(422, "Nothing was stored.", errors=[(f"/{name}", "Say true or false.")])
    return bool(sent[name])
