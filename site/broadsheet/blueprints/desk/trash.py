"""The trash: where a post or page waits until it is taken back or deleted for good."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.kinds import Kind, held_or_404
from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("trash", __name__)


@blueprint.post("/<kind:kind>/<int:id>/trash")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    content = db.one_or_404(kind.removable_by(current_user).where(kind.id == id).with_for_update())
    content.trash()
    db.session.commit()
    flash_with_undo(
        _("“%(title)s” is in the trash.", title=content.title or _("Untitled")),
        url_for("desk.trash.destroy", kind=kind, id=id),
    )
    return redirect(url_for(f"desk.{kind.kind}s.index"), 303)


@blueprint.post("/<kind:kind>/<int:id>/trash/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    content.recover()
    db.session.commit()
    flash(_("Taken back from the trash."), "success")
    return back_to_editor(content)
