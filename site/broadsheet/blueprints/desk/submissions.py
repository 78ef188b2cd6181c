"""Submissions: pieces that readers offer. One that is accepted becomes a draft."""

import logging

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from broadsheet.blueprints.desk.incoming import IncomingList
from broadsheet.blueprints.desk.incoming_deeds import choices_for
from broadsheet.blueprints.desk.thread import Thread
from broadsheet.extensions import db
from broadsheet.forms.replies import ReplyForm
from broadsheet.forms.submissions import AcceptanceForm
from broadsheet.lib.mailto import reply_link
from broadsheet.lib.markdown import Document
from broadsheet.models import Submission
from broadsheet.models.incoming import Box
from broadsheet.models.rendering import rendered
from broadsheet.models.submission import SubmissionState
from broadsheet.web.undo import flash_with_undo
from broadsheet.web.verdicts import reasons

log = logging.getLogger(__name__)
blueprint = Blueprint("submissions", __name__, url_prefix="/submissions")

STATES = {
    SubmissionState.WAITING: _l("Waiting"),
    SubmissionState.ACCEPTED: _l("Accepted"),
    SubmissionState.DECLINED: _l("Declined"),
}


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
    post = submission.accept(current_user._get_current_object(), form.byline)
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
