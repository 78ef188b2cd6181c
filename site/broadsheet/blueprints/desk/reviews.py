"""Reviews: an author sends a text, an editor publishes it (publications.py) or returns it with a note."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.desk.saving import back_to_editor, save
from broadsheet.extensions import db
from broadsheet.forms.content import form_for
from broadsheet.models import Review
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404, held_or_new
from broadsheet.web.pagination import paginate

blueprint = Blueprint("reviews", __name__)

PER_PAGE = 30


@blueprint.get("/<kind:kind>/<int:id>/reviews")
def index(kind: Kind, id: int) -> str:
    content = editable_or_404(kind, id)
    people = joinedload(Review.requested_by), joinedload(Review.decided_by)
    pagination = paginate(content.reviews.select().options(*people), PER_PAGE)
    return render_template("desk/reviews/index.html", content=content, pagination=pagination)


@blueprint.post("/<kind:kind>/new/reviews", defaults={"id": None})
@blueprint.post("/<kind:kind>/<int:id>/reviews")
def create(kind: Kind, id: int | None) -> ResponseReturnValue:
    """The editor sends its whole form here, so that what was just typed is saved and sent with one press."""
    content = held_or_new(kind, id)
    form = form_for(content)
    if refusal := save(content, form):
        return refusal
    if not content.has_unseen:
        db.session.commit()
        flash(_("Readers see all of it already: there is nothing to review."), "warning")
        return back_to_editor(content)
    content.request_review(by=current_user._get_current_object(), question=form.question.data)
    db.session.commit()
    flash(_("Sent for review. An editor publishes it or returns it with a note."), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/reviews/return")
def return_(kind: Kind, id: int) -> ResponseReturnValue:
    """Answers the one that waits. What an editor changed in the text meanwhile is saved as well."""
    content = held_or_404(kind, id)
    form = form_for(content)
    form.to_return = True
    if refusal := save(content, form):
        return refusal
    if (review := waiting(content)) is None:
        return back_to_editor(content)
    review.return_(by=current_user._get_current_object(), note=form.answer.data)
    db.session.commit()
    flash(_("Returned with your note."), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/reviews/withdrawal")
def withdraw(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    if refusal := save(content, form_for(content)):
        return refusal
    if (review := waiting(content)) is None:
        return back_to_editor(content)
    review.withdraw(by=current_user._get_current_object())
    db.session.commit()
    flash(_("Taken back from review. Nobody need look at it now."), "success")
    return back_to_editor(content)


def waiting(content: Content) -> Review | None:
    """The review that waits for an answer. Somebody else may have been quicker: what was typed is kept."""
    review = content.waiting_review()
    if review is None:
        db.session.commit()
        flash(
            _("Somebody has answered this review meanwhile. What you typed in the text is saved."), "warning"
        )
    return review
