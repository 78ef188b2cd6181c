"""Notes on a draft: added beside the text, resolved one by one."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, url_for
from flask_login import current_user
from sqlalchemy import not_

from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
)
from broadsheet.blueprints.api.operations import Created, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.forms.notes import NoteForm
from broadsheet.models import Note
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404

NOTE = Representation(
    "Note",
    "What somebody says about a draft.",
    (
        attribute("id", int),
        attribute("version", int, "That was read."),
        attribute("note", str, get=lambda one: one.body),
        attribute("quote", str, "The words of the text that are meant; may be empty."),
        attribute("created_at", datetime),
        attribute("author", BYLINE, "null: a guest with a preview link.", or_null=True),
        attribute("author_name", str, get=lambda one: one.who),
        attribute("resolved_at", datetime, or_null=True),
        attribute("resolved_by", BYLINE, or_null=True),
    ),
)
ORDERS = {"id": by(Note.id, int)}
OPEN, RESOLVED = "open", "resolved"


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    word = kind.kind

    @blueprint.get("/<int:id>/notes")
    @operation(
        f"List the notes on a {word}",
        gives=NOTE,
        lists=True,
        parameters=(
            *list_parameters(ORDERS, "id"),
            choice_parameter("state", "Only these.", (OPEN, RESOLVED)),
        ),
    )
    def list_notes(id: int) -> Response:
        query = Note.on(editable_or_404(kind, id)).order_by(None)
        asked = wanted_choice("state", (OPEN, RESOLVED))
        if asked is not None:
            is_open = Note.resolved_at.is_(None)
            query = query.where(is_open if asked == OPEN else not_(is_open))
        return page(query, NOTE, orders=ORDERS, default="id", id_column=Note.id)

    @blueprint.post("/<int:id>/notes")
    @operation(
        f"Leave a note on a {word}",
        takes=Input(NoteForm, required=("note",)),
        gives=NOTE,
        status=201,
        example={"note": "Who says so?", "quote": "as is well known"},
    )
    def leave_note(id: int) -> Created:
        content = held_or_404(kind, id)
        form = filled(NoteForm)
        by = current_user._get_current_object()
        note = Note.leave(content, body=form.note.data, quote=form.quote.data or "", by=by)
        db.session.flush()
        return Created(
            NOTE.of(note), url_for(f"api.{word}s.show_note", id=id, note_id=note.id, _external=True)
        )

    @blueprint.get("/<int:id>/notes/<int:note_id>")
    @operation(f"Read a note on a {word}", gives=NOTE)
    def show_note(id: int, note_id: int) -> dict[str, Any]:
        return shown(NOTE, note_or_404(editable_or_404(kind, id), note_id))

    @blueprint.put("/<int:id>/notes/<int:note_id>/resolution")
    @operation(f"Resolve a note on a {word}", gives=NOTE)
    def resolve_note(id: int, note_id: int) -> dict[str, Any]:
        note = held(kind, id, note_id)
        note.resolve(by=current_user._get_current_object())
        return NOTE.of(note)

    @blueprint.delete("/<int:id>/notes/<int:note_id>/resolution")
    @operation(f"Reopen a note on a {word}", status=204)
    def reopen_note(id: int, note_id: int) -> None:
        held(kind, id, note_id).reopen()

    @blueprint.delete("/<int:id>/notes/<int:note_id>")
    @operation(
        f"Delete a note on a {word}",
        description="Only whoever wrote it may; a guest's, whoever may edit the text.",
        status=204,
    )
    def delete_note(id: int, note_id: int) -> None:
        note = held(kind, id, note_id)
        if not note.is_removable_by(current_user):
            abort(403, "Only who wrote a note deletes it; resolve it instead.")
        note.delete()


def held(kind: Kind, id: int, note_id: int) -> Note:
    note = note_or_404(held_or_404(kind, id), note_id)
    demand_match(NOTE, note)
    return note


def note_or_404(content: Content, id: int) -> Note:
    return db.one_or_404(Note.on(content).where(Note.id == id))
