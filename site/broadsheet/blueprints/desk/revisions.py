"""Revisions: every save of a post or page, to be read, compared and restored."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select

from broadsheet.blueprints.desk.kinds import Content, Kind, editable_or_404, held_or_404
from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.lib.diffing import differences
from broadsheet.models import Post, Revision
from broadsheet.models.content import EditConflict
from broadsheet.web.pagination import paginate

blueprint = Blueprint("revisions", __name__, url_prefix="/<kind:kind>/<int:id>/revisions")

PER_PAGE = 50


@blueprint.get("")
def index(kind: Kind, id: int) -> str:
    content = editable_or_404(kind, id)
    query: Select[Any] = content.history().options(*Revision.for_a_list())
    return render_template("desk/revisions/index.html", content=content, pagination=paginate(query, PER_PAGE))


@blueprint.get("/<int:revision_id>")
def show(kind: Kind, id: int, revision_id: int) -> str:
    content = editable_or_404(kind, id)
    return page(content, revision_or_404(content, revision_id))


@blueprint.post("/<int:revision_id>/restoration")
def restore(kind: Kind, id: int, revision_id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    revision = revision_or_404(content, revision_id)
    try:
        content.restore(
            revision, by=current_user._get_current_object(), based_on=request.form.get("version", type=int)
        )
    except EditConflict:
        flash(_("Somebody saved meanwhile. Look at the differences again before you restore."), "warning")
        return page(content, revision), 409
    db.session.commit()
    words = _("It says again what version %(version)s said.", version=revision.version)
    if content.has_held_changes:
        words += " " + _("Readers see it once you publish the changes.")
    flash(words, "success")
    return back_to_editor(content)


def revision_or_404(content: Content, revision_id: int) -> Revision:
    return db.one_or_404(content.revisions.select().where(Revision.id == revision_id))


def page(content: Content, revision: Revision) -> str:
    proof = content.proof(title=revision.title, summary=revision.summary, body=revision.body)
    working = content.working()
    lines = differences(revision.body, working["body"])
    return render_template(
        "desk/revisions/show.html",
        content=content,
        revision=revision,
        proof=proof,
        lines=lines,
        particulars=list(particulars(content, revision)),
    )


def particulars(content: Content, revision: Revision) -> Iterator[tuple[str, str, str]]:
    """What stood beside the text: its name, how it was, how it is now."""
    now = content.working()
    yield _("Title"), revision.title, now["title"]
    yield _("Summary"), revision.summary, now["summary"]
    yield _("Address"), revision.slug, now["slug"]
    yield _("Language"), revision.language, now["language"]
    if isinstance(content, Post):
        yield _("Tags"), ", ".join(revision.tags or []), ", ".join(tag.name for tag in now["tags"])
        authors = [author.username for author in now["authors"]]
        yield _("Authors"), ", ".join(revision.authors or []), ", ".join(authors)
