"""Messages: what visitors sent through the contact form."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.lib.mailto import reply_link
from broadsheet.models import Message
from broadsheet.web.pagination import paginate

blueprint = Blueprint("messages", __name__, url_prefix="/messages")

PER_PAGE = 30


@blueprint.get("")
def index() -> str:
    words, only_unread = wanted_words(), request.args.get("show") == "unread"
    query = Message.newest_first()
    if only_unread:
        query = query.where(Message.is_unread())
    if words:
        query = query.where(Message.matching(words))
    pagination = paginate(query, PER_PAGE)
    return render_template(
        "desk/messages/index.html",
        pagination=pagination,
        q=words,
        only_unread=only_unread,
        unread=Message.count_unread(),
    )


@blueprint.get("/<int:id>")
def show(id: int) -> str:
    # To open a message changes nothing (a browser may fetch it unasked): "read" is said by a button.
    message = db.get_or_404(Message, id)
    reply = reply_link(message.email, message.subject or _("Your message"), message.body)
    return render_template("desk/messages/show.html", message=message, reply=reply)


@blueprint.post("/<int:id>/reading")
def mark_read(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).mark_read()
    db.session.commit()
    flash(_("Marked as read."), "success")
    return back_to_list()


@blueprint.post("/<int:id>/reading/delete")
def mark_unread(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).mark_unread()
    db.session.commit()
    flash(_("Marked as unread."), "success")
    return back_to_list()


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    db.get_or_404(Message, id).delete()
    db.session.commit()
    flash(_("The message is deleted."), "success")
    return back_to_list()


def back_to_list() -> ResponseReturnValue:
    show = "unread" if request.form.get("show") == "unread" else None
    return redirect(url_for("desk.messages.index", show=show), 303)
