"""Replies: what was written by mail to whoever sent a message or a submission."""

from datetime import datetime
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import joinedload

from broadsheet import mail
from broadsheet.blueprints.api.listing import by
from broadsheet.blueprints.api.operations import FIELDS, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.forms.replies import send_again
from broadsheet.mail.outbox import State
from broadsheet.models import Reply
from broadsheet.web.problems import Problem

blueprint = Blueprint("replies", __name__, url_prefix="/replies")


def standing(reply: Reply) -> mail.Standing:
    return mail.standing(reply.mail_file) if reply.mail_file else mail.Standing(State.WAITING)


REPLY = Representation(
    "Reply",
    "An answer by mail.",
    (
        attribute("id", int),
        attribute("message_id", int, or_null=True),
        attribute("submission_id", int, or_null=True),
        attribute("author", BYLINE, "Who wrote it.", or_null=True),
        attribute("subject", str),
        attribute("body", str),
        attribute("answers_to", str, "Where the sender's answer goes; empty: nobody reads it."),
        attribute("created_at", datetime),
        attribute("state", State, "How it stands with the mail.", get=lambda one: standing(one).state),
        attribute("problem", str, "Why the mail server refused it.", get=lambda one: standing(one).why),
    ),
)
ORDERS = {"created_at": by(Reply.created_at, datetime), "id": by(Reply.id, int)}


@blueprint.get("/<int:id>")
@operation(
    "Read a reply",
    description="With how it stands with its mail.",
    gives=REPLY,
    parameters=(FIELDS,),
)
def show(id: int) -> dict[str, Any]:
    found = db.select(Reply).where(Reply.id == id).options(joinedload(Reply.author))
    return shown(REPLY, db.first_or_404(found))


@blueprint.post("/<int:id>/delivery")
@operation(
    "Deliver a reply anew",
    description="What the mail server refused, or what never reached the outbox, is tried once more.",
    gives=REPLY,
)
def deliver(id: int) -> dict[str, Any]:
    reply: Reply = db.one_or_404(db.select(Reply).where(Reply.id == id).with_for_update())
    demand_match(REPLY, reply)
    if not send_again(reply):
        raise Problem(409, "There is nothing to send: it waits, or the mail server has taken it.")
    return REPLY.of(reply)
