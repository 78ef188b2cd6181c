"""Pins: a pinned post stays first on the home page."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk.saving import back_to_editor, save_typed
from broadsheet.extensions import db
from broadsheet.forms.content import form_for
from broadsheet.models import Post

blueprint = Blueprint("pins", __name__)


@blueprint.post("/posts/<int:id>/pin")
def create(id: int) -> ResponseReturnValue:
    post = db.one_or_404(Post.editable_by(current_user).where(Post.id == id).with_for_update())
    if refusal := save_typed(post, form_for(post)):
        return refusal
    post.pin()
    db.session.commit()
    flash(_("Pinned: it stays first on the home page."), "success")
    return back_to_editor(post)


@blueprint.post("/posts/<int:id>/pin/delete")
def destroy(id: int) -> ResponseReturnValue:
    post = db.one_or_404(Post.editable_by(current_user).where(Post.id == id).with_for_update())
    if refusal := save_typed(post, form_for(post)):
        return refusal
    post.unpin()
    db.session.commit()
    flash(_("No longer pinned."), "success")
    return back_to_editor(post)
