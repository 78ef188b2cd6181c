"""Replies: what the desk answers by mail to a message or a submission."""

from types import ModuleType

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet import mail
from broadsheet.blueprints.desk import messages, submissions
from broadsheet.blueprints.desk.incoming import NOUN, held_or_404
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm
from broadsheet.models import Reply
from broadsheet.models.incoming import Box

blueprint = Blueprint("replies", __name__)

PAGES: dict[str, ModuleType] = {"messages": messages, "submissions": submissions}


@blueprint.post(f"{NOUN}/<int:id>/replies")
def create(noun: str, id: int) -> ResponseReturnValue:
    incoming = held_or_404(noun, id)
    form = ReplyForm(incoming)
    is_right = form.validate()
    if not mail.is_set_up():
        form.form_errors.append(_("No mail can be sent: the site has no mail server."))
    elif incoming.box != Box.INBOX:
        form.form_errors.append(_("It is in the spam or in the trash now. Take it back first."))
    if not is_right or form.form_errors:
        page: str = PAGES[noun].page(incoming, reply_form=form)
        return page, 422
    Reply.write(
        incoming,
        by=current_user._get_current_object(),
        subject=form.subject.data,
        body=form.body.data,
        answers_to=form.answers_to.data,
    )
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
    if not reply.mail_file:
        reply.send()
        db.session.commit()
        flash(_("It is on its way."), "success")
    elif mail.retry(reply.mail_file):
        flash(_("It is on its way once more."), "success")
    else:
        flash(_("There was nothing to send."), "message")
    return to_thread(reply)


def to_thread(reply: Reply) -> ResponseReturnValue:
    incoming = reply.to
    return redirect(url_for(f"desk.{incoming.kind}s.show", id=incoming.id, _anchor="thread"), 303)
