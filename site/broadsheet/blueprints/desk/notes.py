"""Notes on a draft: added beside the text, resolved one by one. Their forms stand apart from the editor's, so
that no note ever costs a writer what is not saved yet."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.forms.notes import NoteForm
from broadsheet.models import Note
from broadsheet.web.kinds import Content, Kind, editable_or_404

blueprint = Blueprint("notes", __name__, url_prefix="/<kind:kind>/<int:id>/notes")


@blueprint.get("")
def index(kind: Kind, id: int) -> str:
    return page(editable_or_404(kind, id), NoteForm())


@blueprint.post("")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    form = NoteForm()
    if not form.validate():
        return page(content, form), 422
    Note.leave(content, body=form.note.data, quote=form.quote.data, by=current_user._get_current_object())
    db.session.commit()
    return done(content, _("The note is added."))


@blueprint.post("/<int:note_id>/resolution")
def resolve(kind: Kind, id: int, note_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    note_or_404(content, note_id).resolve(by=current_user._get_current_object())
    db.session.commit()
    return done(content, _("The note is resolved."))


@blueprint.post("/<int:note_id>/resolution/delete")
def reopen(kind: Kind, id: int, note_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    note_or_404(content, note_id).reopen()
    db.session.commit()
    return done(content, _("The note is open again."))


@blueprint.post("/<int:note_id>/delete")
def destroy(kind: Kind, id: int, note_id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    note = note_or_404(content, note_id)
    if not note.is_removable_by(current_user):
        return done(content, _("Only who wrote a note deletes it; resolve it instead."), "warning")
    note.delete()
    db.session.commit()
    return done(content, _("The note is deleted."))


def note_or_404(content: Content, id: int) -> Note:
    return db.one_or_404(Note.on(content).where(Note.id == id))


def done(content: Content, words: str, category: str = "success") -> ResponseReturnValue:
    flash(words, category)
    return redirect(url_for("desk.notes.index", kind=content.kind, id=content.id), 303)


def page(content: Content, form: NoteForm) -> str:
    return render_template("desk/notes/index.html", content=content, note_form=form, notes=notes_on(content))


def notes_on(content: Content) -> list[Any]:
    return list(db.session.scalars(Note.on(content)))
