"""Resolutions: where two people changed the same in different ways, a person says what it comes to."""

from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.conflicts import choice, conflict
from broadsheet.blueprints.desk.saving import back_to_editor, editor
from broadsheet.extensions import db
from broadsheet.forms.content import form_for
from broadsheet.forms.saving import rendered_apart, text_of, version_before_the_writer
from broadsheet.models import Reason
from broadsheet.web.kinds import Content, Kind, held_or_404

blueprint = Blueprint("resolutions", __name__)


@blueprint.post("/<kind:kind>/<int:id>/resolution")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    """Saves what the choices come to."""
    content = held_or_404(kind, id)
    changes, refusal = chosen(content)
    if refusal is None:
        db.session.rollback()  # nobody waits while it is rendered; then it is looked at once more
        document = rendered_apart(content, *text_of(changes))
        changes, refusal = chosen(content)
    if refusal is not None:
        return refusal
    content.save(by=current_user._get_current_object(), reason=Reason.MERGED, rendered=document, **changes)
    db.session.commit()
    flash(_("Saved as you chose. Both versions are among the revisions."), "success")
    return back_to_editor(content)


@blueprint.post("/<kind:kind>/<int:id>/resolution/edit")
def edit(kind: Kind, id: int) -> ResponseReturnValue:
    """Shows what the choices come to in the editor. Nothing is stored."""
    content = held_or_404(kind, id)
    changes, refusal = chosen(content)
    if refusal is not None:
        return refusal
    form = form_for(content, working=content.working() | changes)
    flash(_("This is what your choices come to. It is not saved yet."), "message")
    return editor(content, form)


def chosen(content: Content) -> tuple[dict[str, Any], ResponseReturnValue | None]:
    """What was chosen, as `Content.save` takes it; or the answer that asks once more."""
    form = form_for(content)
    if not form.validate():
        return {}, (editor(content, form), 422)
    based_on = version_before_the_writer(content, form)
    merged = content.merge(form.changes(), based_on)
    if request.form.get("theirs", type=int) != content.version:
        return {}, conflict(content, form, merged, based_on)
    return merged.changes | {name: choice(merged, name) for name in merged.conflicts}, None
