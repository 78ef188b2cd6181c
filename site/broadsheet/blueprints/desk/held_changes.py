"""Held changes: what was saved of a post or page and is not published yet. They go with a publication, or
here."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.web.kinds import Kind, held_or_404

blueprint = Blueprint("held_changes", __name__)


@blueprint.post("/<kind:kind>/<int:id>/held-changes/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    if content.has_held_changes:
        content.give_up_held_changes(by=current_user._get_current_object())
        db.session.commit()
        flash(
            _("The changes are given up. They stay among the revisions, should you want them back."),
            "success",
        )
    return back_to_editor(content)
