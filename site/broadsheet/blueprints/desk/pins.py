"""Pins: a pinned post stays first on the home page."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.kinds import held_or_404
from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.models import Post

blueprint = Blueprint("pins", __name__)


@blueprint.post("/posts/<int:id>/pin")
def create(id: int) -> ResponseReturnValue:
    post = held_or_404(Post, id)
    post.pin()
    db.session.commit()
    flash(_("Pinned: it stays first on the home page."), "success")
    return back_to_editor(post)


@blueprint.post("/posts/<int:id>/pin/delete")
def destroy(id: int) -> ResponseReturnValue:
    post = held_or_404(Post, id)
    post.unpin()
    db.session.commit()
    flash(_("No longer pinned."), "success")
    return back_to_editor(post)
