"""The trash: a post or page is taken back from it, or deleted for good."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from broadsheet.blueprints.api.contents import demand_publisher_if_published
from broadsheet.blueprints.api.operations import operation
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.shapes import NewestSave, shape_of
from broadsheet.extensions import db
from broadsheet.models import Page, Post
from broadsheet.web.kinds import Kind, held_or_404
from broadsheet.web.problems import API, Problem

blueprint = Blueprint("trash", __name__, url_prefix="/trash")


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    shape, word = shape_of(kind), kind.kind

    @blueprint.post("/<int:id>/recovery")
    @operation(
        f"Take a {word} back from the trash",
        description="It is what it was before. What was published is so again, if you may publish.",
        gives=shape,
    )
    def recover(id: int) -> dict[str, Any]:
        content = held_or_404(kind, id)
        demand_publisher_if_published(content)
        demand_match(shape, NewestSave(content))
        content.recover()
        return shape.of(NewestSave(content))


def put_deletion_on(blueprint: Blueprint, kind: Kind) -> None:
    many = f"{kind.kind}s"

    @blueprint.delete(f"/{many}/<int:id>", endpoint=many)
    @operation(
        f"Delete a {kind.kind} for good",
        description="With its revisions; nothing brings it back. Only what is in the trash can be deleted.",
        status=204,
    )
    def destroy(id: int) -> None:
        content = db.one_or_404(kind.removable_by(current_user).where(kind.id == id).with_for_update())
        demand_match(shape_of(kind), NewestSave(content))
        if content.trashed_at is None:
            raise Problem(409, f"It is not in the trash. DELETE {API}/{many}/{id} moves it there.")
        content.delete()


for kind in (Post, Page):
    put_deletion_on(blueprint, kind)
