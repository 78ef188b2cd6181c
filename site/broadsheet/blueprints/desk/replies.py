"""Replies: what the desk answers by mail to a message or a submission."""

from types import ModuleType

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk import messages, submissions
from broadsheet.blueprints.desk.incoming import NOUN, held_or_404
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm, send_again
from broadsheet.models import Reply

blueprint = Blueprint("replies", __name__)

PAGES: dict[str, ModuleType] = {"messages": messages, "submissions": submissions}


@blueprint.post(f"{NOUN}/<int:id>/replies")
def create(noun: str, id: int) -> ResponseReturnValue:
    incoming = held_or_404(noun, id)
    form = ReplyForm(incoming)
    if not form.validate():
        page: str = PAGES[noun].page(incoming, reply_form=form)
        return page, 422
    form.write(by=current_user._get_current_object())
    db.session.commit()
    flash(_("Your reply is on its way to %(name)s.", name=incoming.name), "success")
    return redirect(url_for(f"desk.{noun}.show", id=id, _anchor="thread"), 303)


@blueprint.get("/replies/<int:id>")
def show(id: int) -> ResponseReturnValue:
    """Where it stands: in its thread."""
    return to_thread(db.get_or_404(Reply, id))


@blueprint.post("/replies/<int:id>/delivery")
def deliver(id: int) -> ResponseReturnValue:
    """Tries once more what the mail server refused, or what never reached the outbox."""
    reply = db.get_or_404(Reply, id, with_for_update=True)
    is_first = not reply.mail_file
    is_sent = send_again(reply)
    db.session.commit()
    if not is_sent:
        flash(_("There was nothing to send."), "message")
    elif is_first:
        flash(_("It is on its way."), "success")
    else:
        flash(_("It is on its way once more."), "success")
    return to_thread(reply)


def to_thread(reply: Reply) -> ResponseReturnValue:
    incoming = reply.to
    return redirect(url_for(f"desk.{incoming.kind}s.show", id=incoming.id, _anchor="thread"), 303)
