"""Revisions: the history of a post or page, read, compared, named and restored."""

from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user
from sqlalchemy import Select

from broadsheet.blueprints.api.histories import COMPARISON, REVISION
from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
    wanted_flag,
    wanted_number,
)
from broadsheet.blueprints.api.operations import Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.shapes import NewestSave, shape_of
from broadsheet.extensions import db
from broadsheet.forms.milestones import MilestoneForm
from broadsheet.forms.saving import rendered_apart
from broadsheet.models import Reason, Revision
from broadsheet.web.addresses import LARGEST
from broadsheet.web.comparing import comparison
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404, revision_or_404

ORDERS = {"id": by(Revision.id, int)}
NUMBER = {"type": "integer", "minimum": 1, "maximum": LARGEST}


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    shape, word = shape_of(kind), kind.kind

    @blueprint.get("/<int:id>/revisions")
    @operation(
        f"List the revisions of a {word}",
        description="Every save, the newest first. Autosaves are left out unless they are asked for, and of "
        "these there are only your own.",
        gives=REVISION,
        lists=True,
        parameters=(
            *list_parameters(ORDERS, "-id"),
            choice_parameter("reason", "Only those that were kept for this reason.", Reason),
            Parameter(
                "milestone",
                "`true`: only those that bear a name; `false`: only the others.",
                {"type": "boolean"},
            ),
        ),
    )
    def list_revisions(id: int) -> Response:
        query = wanted(editable_or_404(kind, id)).order_by(None)
        return page(
            query,
            REVISION,
            orders=ORDERS,
            default="-id",
            id_column=Revision.id,
            options=Revision.for_a_list(),
        )

    @blueprint.get("/<int:id>/revisions/<int:revision_id>")
    @operation(f"Read a revision of a {word}", gives=REVISION)
    def show_revision(id: int, revision_id: int) -> dict[str, Any]:
        return shown(REVISION, revision_or_404(editable_or_404(kind, id), revision_id))

    @blueprint.post("/<int:id>/revisions/<int:revision_id>/restoration")
    @operation(
        f"Restore a revision of a {word}",
        description="It says again what it said then, as a new save. The address, the authors and the dates "
        "stay as they are. Of what readers see, this is held until it is published.",
        gives=shape,
    )
    def restore_revision(id: int, revision_id: int) -> dict[str, Any]:
        content = held_or_404(kind, id)
        revision = revision_or_404(content, revision_id)
        demand_match(shape, NewestSave(content))
        document = rendered_apart(content, revision.body, revision.language)
        demand_match(shape, NewestSave(content))  # nobody held it while it was rendered
        content.restore(revision, by=current_user._get_current_object(), rendered=document)
        db.session.flush()
        return shape.of(NewestSave(content))

    @blueprint.put("/<int:id>/revisions/<int:revision_id>/milestone")
    @operation(
        "Give a revision a name",
        description="As a milestone it is found again, and never thinned out.",
        takes=Input(MilestoneForm, required=("name",)),
        gives=REVISION,
        example={"name": "Before the second edition"},
    )
    def name_revision(id: int, revision_id: int) -> dict[str, Any]:
        revision = revision_or_404(held_or_404(kind, id), revision_id)
        demand_match(REVISION, revision)
        revision.name_milestone(filled(MilestoneForm).name.data)
        return REVISION.of(revision)

    @blueprint.delete("/<int:id>/revisions/<int:revision_id>/milestone")
    @operation("Take the name of a revision away", description="The revision stays.", status=204)
    def unname_revision(id: int, revision_id: int) -> None:
        revision = revision_or_404(held_or_404(kind, id), revision_id)
        demand_match(REVISION, revision)
        revision.unname()

    @blueprint.get("/<int:id>/comparison")
    @operation(
        f"Compare two revisions of a {word}",
        gives=COMPARISON,
        parameters=(
            Parameter("from", "The id of the revision before.", NUMBER, required=True),
            Parameter("to", "The id of the revision after; without it, the newest save.", NUMBER),
        ),
    )
    def compare_revisions(id: int) -> dict[str, Any]:
        content = editable_or_404(kind, id)
        old = named_revision(content, "from")
        new = named_revision(content, "to") if "to" in request.args else content.latest_revision()
        return shown(COMPARISON, comparison(content, old, new or old))


def wanted(content: Content) -> Select[Revision]:
    reason, milestone = wanted_choice("reason", Reason), wanted_flag("milestone")
    query = content.history()
    if reason is not None:
        query = content.revisions_open_to(current_user).where(Revision.reason == reason)
    if milestone is not None:
        query = query.where(Revision.name != "" if milestone else Revision.name == "")
    return query


def named_revision(content: Content, parameter: str) -> Revision:
    return revision_or_404(content, wanted_number(parameter, None, 1, LARGEST))
