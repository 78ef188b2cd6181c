"""The trash: where a post or page waits until it is taken back or deleted for good."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from broadsheet.blueprints.desk.concerns import unless_confirmed
from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.forms.concerns import concerns_of_withdrawal
from broadsheet.web.kinds import Kind, held_or_404, require_publisher_if_published
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("trash", __name__)

EMPTIED_AT_ONCE = 500  # a second or two; what is left takes another press


@blueprint.post("/<kind:kind>/<int:id>/trash")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    content = db.one_or_404(kind.removable_by(current_user).where(kind.id == id).with_for_update())
    require_publisher_if_published(content)
    again = _("Move it to the trash all the same")
    if answer := unless_confirmed(content, concerns_of_withdrawal(content), again):
        return answer
    content.trash()
    db.session.commit()
    flash_with_undo(
        _("“%(title)s” is in the trash.", title=content.title or _("Untitled")),
        url_for("desk.trash.destroy", kind=kind, id=id),
    )
    return redirect(url_for(f"desk.{kind.kind}s.index"), 303)


@blueprint.post("/<kind:kind>/trash/empty")
def empty(kind: Kind) -> ResponseReturnValue:
    """Deletes all of it for good, ahead of its time."""
    trashed = kind.removable_by(current_user).where(kind.trashed_at.is_not(None)).limit(EMPTIED_AT_ONCE)
    gone = kind.delete_all(db.session.scalars(trashed.with_for_update()))
    db.session.commit()
    flash(ngettext("%(num)d deleted for good.", "%(num)d deleted for good.", gone), "success")
    return redirect(url_for(f"desk.{kind.kind}s.index", state="trashed"), 303)


@blueprint.post("/<kind:kind>/<int:id>/trash/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    require_publisher_if_published(content)
    content.recover()
    db.session.commit()
    flash(_("Taken back from the trash."), "success")
    return back_to_editor(content)
