"""Submissions: pieces that readers offer. One that is accepted becomes a draft."""

import logging

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired

from broadsheet.blueprints.desk.incoming import IncomingList
from broadsheet.blueprints.desk.incoming_deeds import choices_for
from broadsheet.blueprints.desk.thread import ReplyForm, Thread
from broadsheet.blueprints.desk.verdicts import reasons
from broadsheet.extensions import db
from broadsheet.lib.mailto import reply_link
from broadsheet.lib.markdown import Document
from broadsheet.models import Submission, User
from broadsheet.models.incoming import Box
from broadsheet.models.rendering import rendered
from broadsheet.models.submission import SubmissionState
from broadsheet.web.undo import flash_with_undo

log = logging.getLogger(__name__)
blueprint = Blueprint("submissions", __name__, url_prefix="/submissions")

NEW_BYLINE = 0

STATES = {
    SubmissionState.WAITING: _l("Waiting"),
    SubmissionState.ACCEPTED: _l("Accepted"),
    SubmissionState.DECLINED: _l("Declined"),
}


class AcceptanceForm(FlaskForm):
    author = SelectField(
        _l("Byline"),
        [InputRequired()],
        coerce=int,
        description=_l("Whose name stands above it. You can change it in the editor."),
    )

    def __init__(self, submission: Submission) -> None:
        query = db.select(User.id, User.name, User.username, User.email).order_by(User.name)
        people = db.session.execute(query).all()
        # The sender's own account or byline, if it looks as if there was one.
        email, name = submission.email.lower(), submission.name
        likely = [one.id for one in people if one.email == email or one.name == name]
        super().__init__(data={"author": likely[0] if likely else NEW_BYLINE})
        self.author.choices = [
            (NEW_BYLINE, _("A new byline: %(name)s", name=submission.name)),
            *((one.id, f"{one.name} ({one.username})") for one in people),
        ]


@blueprint.get("")
def index() -> ResponseReturnValue:
    listing = IncomingList("submissions")
    page = render_template(
        "desk/submissions/index.html",
        listing=listing,
        deeds=choices_for(listing),
        states=STATES,
        reasons=reasons,
    )
    return page, 422 if listing.problems else 200


@blueprint.get("/<int:id>")
def show(id: int) -> str:
    return page(db.get_or_404(Submission, id))


@blueprint.post("/<int:id>/acceptance")
def accept(id: int) -> ResponseReturnValue:
    submission = db.get_or_404(Submission, id, with_for_update=True)
    form = AcceptanceForm(submission)
    if not form.validate():
        return page(submission, form), 422
    author = db.session.get(User, form.author.data)
    post = submission.accept(current_user._get_current_object(), author)
    db.session.commit()
    flash(_("Accepted. It is a draft now."), "success")
    return redirect(url_for("desk.posts.edit", id=post.id), 303)


@blueprint.post("/<int:id>/refusal")
def decline(id: int) -> ResponseReturnValue:
    db.get_or_404(Submission, id).decline()
    db.session.commit()
    flash_with_undo(
        _("Declined. The sender is not told: write to them if you like."),
        url_for("desk.submissions.reconsider", id=id),
    )
    return redirect(url_for("desk.submissions.index"), 303)


@blueprint.post("/<int:id>/refusal/delete")
def reconsider(id: int) -> ResponseReturnValue:
    db.get_or_404(Submission, id).reconsider()
    db.session.commit()
    flash(_("It waits again."), "success")
    return redirect(url_for("desk.submissions.show", id=id), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    submission = db.get_or_404(Submission, id)
    view = submission.state.value if submission.box == Box.INBOX else submission.box.value
    submission.delete()
    db.session.commit()
    flash(_("The submission is deleted."), "success")
    return redirect(url_for("desk.submissions.index", state=view), 303)


def page(
    submission: Submission, form: AcceptanceForm | None = None, reply_form: ReplyForm | None = None
) -> str:
    return render_template(
        "desk/submissions/show.html",
        submission=submission,
        form=form or AcceptanceForm(submission),
        states=STATES,
        document=as_readers_see(submission),
        mailto=reply_link(submission.email, submission.title),
        thread=Thread(submission, reply_form),
        reasons=reasons(submission),
    )


def as_readers_see(submission: Submission) -> Document | None:
    """None where the pipeline fails: a stranger's text must not shut the page on which it is judged."""
    try:
        return rendered(submission.body)
    except Exception:
        log.exception("submission %d cannot be rendered", submission.id)
        return None
