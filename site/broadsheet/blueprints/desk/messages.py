"""Messages: what visitors sent through the contact form."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.incoming import IncomingList
from broadsheet.blueprints.desk.incoming_deeds import choices_for
from broadsheet.blueprints.desk.thread import Thread
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm
from broadsheet.lib.mailto import reply_link
from broadsheet.models import Message
from broadsheet.web.verdicts import reasons

blueprint = Blueprint("messages", __name__, url_prefix="/messages")


@blueprint.get("")
def index() -> ResponseReturnValue:
    listing = IncomingList("messages")
    page = render_template(
        "desk/messages/index.html", listing=listing, deeds=choices_for(listing), reasons=reasons
    )
    return page, 422 if listing.problems else 200


@blueprint.get("/<int:id>")
def show(id: int) -> str:
    # To open a message changes nothing (a browser may fetch it unasked): "read" is said by a button.
    return page(db.get_or_404(Message, id))


@blueprint.post("/<int:id>/reading")
def mark_read(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).mark_read()
    db.session.commit()
    flash(_("Marked as read."), "success")
    return IncomingList("messages").back()


@blueprint.post("/<int:id>/reading/delete")
def mark_unread(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).mark_unread()
    db.session.commit()
    flash(_("Marked as unread."), "success")
    return IncomingList("messages").back()


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).delete()
    db.session.commit()
    flash(_("The message is deleted."), "success")
    return redirect(url_for("desk.messages.index", show="trash"), 303)


def page(message: Message, reply_form: ReplyForm | None = None) -> str:
    return render_template(
        "desk/messages/show.html",
        message=message,
        reasons=reasons(message),
        mailto=reply_link(message.email, message.subject or _("Your message"), message.body),
        thread=Thread(message, reply_form),
    )
