"""Milestones: revisions that bear a name, so that they are found again. They are never thinned out."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadsheet.blueprints.desk.revisions import page
from broadsheet.extensions import db
from broadsheet.forms.milestones import MilestoneForm
from broadsheet.models import Revision
from broadsheet.models.revision import NAME_LENGTH
from broadsheet.web.kinds import Content, Kind, held_or_404, revision_or_404

blueprint = Blueprint("milestones", __name__, url_prefix="/<kind:kind>/<int:id>/revisions/<int:revision_id>")


@blueprint.post("/milestone")
def create(kind: Kind, id: int, revision_id: int) -> ResponseReturnValue:
    """Names the revision, or gives it another name."""
    content = held_or_404(kind, id)
    revision, form = revision_or_404(content, revision_id), MilestoneForm()
    if not form.validate():
        flash(_("A milestone needs a name of at most %(limit)s characters.", limit=NAME_LENGTH), "error")
        return page(content, revision), 422
    revision.name_milestone(form.name.data)
    db.session.commit()
    flash(_("The milestone is called “%(name)s”.", name=revision.name), "success")
    return back(content, revision)


@blueprint.post("/milestone/delete")
def destroy(kind: Kind, id: int, revision_id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    revision = revision_or_404(content, revision_id)
    revision.unname()
    db.session.commit()
    flash(_("It is no milestone any more. The version stays."), "success")
    return back(content, revision)


def back(content: Content, revision: Revision) -> Response:
    return redirect(
        url_for("desk.revisions.show", kind=content.kind, id=content.id, revision_id=revision.id), 303
    )
