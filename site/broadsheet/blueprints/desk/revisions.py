"""Revisions: the history of a post or page, to be read and restored."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select

from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.forms.saving import rendered_apart
from broadsheet.lib.diffing import differences
from broadsheet.models import Revision
from broadsheet.models.content import EditConflict
from broadsheet.web.comparing import particulars
from broadsheet.web.kinds import Content, Kind, editable_or_404, revision_or_404
from broadsheet.web.pagination import paginate
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("revisions", __name__, url_prefix="/<kind:kind>/<int:id>/revisions")

PER_PAGE = 50
AUTOSAVES_SHOWN = 100


@blueprint.get("")
def index(kind: Kind, id: int) -> str:
    content = editable_or_404(kind, id)
    only_milestones = request.args.get("only") == "milestones"
    query: Select[Any] = content.history().options(*Revision.for_a_list())
    if only_milestones:
        query = query.where(Revision.name != "")
    autosaves = content.autosaves_of(current_user).options(*Revision.for_a_list()).limit(AUTOSAVES_SHOWN)
    return render_template(
        "desk/revisions/index.html",
        content=content,
        pagination=paginate(query, PER_PAGE),
        only_milestones=only_milestones,
        autosaves=list(db.session.scalars(autosaves)),
    )


@blueprint.get("/<int:revision_id>")
def show(kind: Kind, id: int, revision_id: int) -> str:
    content = editable_or_404(kind, id)
    return page(content, revision_or_404(content, revision_id))


@blueprint.post("/<int:revision_id>/restoration")
def restore(kind: Kind, id: int, revision_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    revision = revision_or_404(content, revision_id)
    document = rendered_apart(content, revision.body, revision.language)
    before = content.latest_revision()
    try:
        restored = content.restore(
            revision,
            by=current_user._get_current_object(),
            based_on=request.form.get("version", type=int),
            rendered=document,
        )
    except EditConflict:
        flash(_("Somebody saved meanwhile. Look at the differences again before you restore."), "warning")
        return page(content, revision), 409
    db.session.commit()
    words = _("It says again what version %(version)s said.", version=revision.version)
    if content.has_held_changes:
        words += " " + _("Readers see it once you publish the changes.")
    if restored and before is not None:
        undo = url_for("desk.revisions.restore", kind=kind, id=id, revision_id=before.id)
        flash_with_undo(words, undo, {"version": str(content.version)})
    else:
        flash(words, "success")
    return back_to_editor(content)


def page(content: Content, revision: Revision) -> str:
    proof = content.proof(title=revision.title, summary=revision.summary, body=revision.body)
    latest = content.latest_revision()
    return render_template(
        "desk/revisions/show.html",
        content=content,
        revision=revision,
        proof=proof,
        latest=latest,
        lines=differences(revision.body, content.working()["body"]),
        particulars=particulars(content, revision, latest) if latest else [],
    )
