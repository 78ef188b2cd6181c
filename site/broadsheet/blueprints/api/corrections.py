"""Corrections: what was wrong in a post, told to its readers with a date."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import current_user

from broadsheet.blueprints.api.contents import reader
from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import Created, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.forms.corrections import CorrectionForm
from broadsheet.lib.markdown import without_comments
from broadsheet.models import Correction, Post
from broadsheet.web.kinds import held_or_404, require_publisher

CORRECTION = Representation(
    "Correction",
    "What was wrong in a post, as its readers are told.",
    (
        attribute("id", int),
        attribute("correction", str, "Markdown.", get=lambda one: text_of(one)),
        attribute("html", str),
        attribute("created_at", datetime),
    ),
)
ORDERS = {"id": by(Correction.id, int)}


def put_on(blueprint: Blueprint) -> None:
    @blueprint.get("/<int:id>/corrections")
    @operation(
        "List the corrections of a post",
        gives=CORRECTION,
        lists=True,
        parameters=list_parameters(ORDERS, "-id"),
    )
    def list_corrections(id: int) -> Response:
        query = Correction.of(readable_or_404(id)).order_by(None)
        return page(query, CORRECTION, orders=ORDERS, default="-id", id_column=Correction.id)

    @blueprint.post("/<int:id>/corrections")
    @operation(
        "Correct a post",
        description="Readers see it with the post at once.",
        takes=Input(CorrectionForm, required=("correction",)),
        gives=CORRECTION,
        status=201,
        example={"correction": "An earlier version said 1897; it was *1879*."},
    )
    def correct(id: int) -> Created:
        post: Any = held_or_404(Post, id)
        require_publisher(post)
        form = filled(CorrectionForm)
        correction = Correction.make(post, body=form.correction.data, by=current_user._get_current_object())
        db.session.flush()
        at = url_for("api.posts.show_correction", id=id, correction_id=correction.id, _external=True)
        return Created(CORRECTION.of(correction), at)

    @blueprint.get("/<int:id>/corrections/<int:correction_id>")
    @operation("Read a correction of a post", gives=CORRECTION)
    def show_correction(id: int, correction_id: int) -> dict[str, Any]:
        return shown(CORRECTION, correction_or_404(readable_or_404(id), correction_id))

    @blueprint.delete("/<int:id>/corrections/<int:correction_id>")
    @operation(
        "Delete a correction of a post",
        description="It was a mistake itself: readers no longer see it.",
        status=204,
    )
    def delete_correction(id: int, correction_id: int) -> None:
        post: Any = held_or_404(Post, id)
        require_publisher(post)
        correction = correction_or_404(post, correction_id)
        demand_match(CORRECTION, correction)
        correction.delete()


def text_of(correction: Correction) -> str:
    """Remarks are for whoever may edit the post."""
    may_edit = reader().can_edit(correction.post)
    return correction.body if may_edit else without_comments(correction.body)


def readable_or_404(id: int) -> Post:
    return db.first_or_404(Post.visible_to(reader()).where(Post.id == id))


def correction_or_404(post: Post, id: int) -> Correction:
    return db.one_or_404(Correction.of(post).where(Correction.id == id))
