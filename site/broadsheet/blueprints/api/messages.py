"""Messages: what visitors sent through the contact form."""

from typing import Any

from flask import Blueprint
from sqlalchemy import ColumnElement

from broadsheet.blueprints.api import inbox
from broadsheet.blueprints.api.listing import wrong
from broadsheet.blueprints.api.operations import Parameter, operation
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.models import Message

blueprint = Blueprint("messages", __name__, url_prefix="/messages")

MESSAGE = Representation(
    "Message",
    "What somebody wrote to the site.",
    (
        *inbox.SHARED[:3],
        attribute("subject", str, "May be empty."),
        *inbox.SHARED[3:],
        attribute("is_read", bool, "To look at it does not change that."),
    ),
)
FLAGS = {"true": True, "false": False}


def is_read(asked: str) -> ColumnElement[bool]:
    if asked not in FLAGS:
        raise wrong("is_read", "Write true or false.")
    return Message.read_at.is_not(None) if FLAGS[asked] else Message.read_at.is_(None)


inbox.put_on(
    blueprint,
    Message,
    MESSAGE,
    filters={"is_read": is_read},
    parameters=(Parameter("is_read", "Only those that are, or are not.", {"type": "boolean"}),),
)


@blueprint.patch("/<int:id>")
@operation(
    "Mark a message as read or unread",
    description="What is unread is counted at the desk.",
    takes=inbox.of_flag("is_read"),
    gives=MESSAGE,
    example={"is_read": True},
)
def change(id: int) -> dict[str, Any]:
    message: Message = db.one_or_404(db.select(Message).where(Message.id == id).with_for_update())
    demand_match(MESSAGE, message)
    if inbox.flag("is_read"):
        message.mark_read()
    else:
        message.mark_unread()
    db.session.flush()
    return MESSAGE.of(message)
