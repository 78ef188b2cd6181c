"""Held changes: what was saved of a post or page and is not published yet. They go with a publication, or
here."""

from flask import Blueprint
from flask_login import current_user

from broadsheet.blueprints.api.operations import operation
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.shapes import NewestSave, shape_of
from broadsheet.web.kinds import Kind, held_or_404


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    @blueprint.delete("/<int:id>/held-changes")
    @operation(
        "Give up the changes that readers do not see yet",
        description="What was saved last says again what readers see; the changes stay among the revisions.",
        status=204,
    )
    def give_up_held_changes(id: int) -> None:
        content = held_or_404(kind, id)
        demand_match(shape_of(kind), NewestSave(content))
        content.give_up_held_changes(by=current_user._get_current_object())
