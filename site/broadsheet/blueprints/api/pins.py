"""Pins: a pinned post stays first on the home page."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import operation
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.shapes import POST, NewestSave
from broadsheet.models import Post
from broadsheet.web.kinds import Content, held_or_404


def put_on(blueprint: Blueprint) -> None:
    @blueprint.put("/<int:id>/pin")
    @operation("Pin a post", description="It stays first on the home page.", gives=POST)
    def pin(id: int) -> dict[str, Any]:
        post = held(id)
        post.pin()
        return POST.of(NewestSave(post))

    @blueprint.delete("/<int:id>/pin")
    @operation("Unpin a post", status=204)
    def unpin(id: int) -> None:
        held(id).unpin()


def held(id: int) -> Any:
    post: Content = held_or_404(Post, id)
    demand_match(POST, NewestSave(post))
    return post
