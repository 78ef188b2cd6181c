"""Tags and series: listed, read, written. tags.py and series.py put it on their blueprints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user
from sqlalchemy import Select

from broadsheet.blueprints.api.listing import by, list_parameters, page, wanted_flag
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import PICTURE, address
from broadsheet.extensions import db
from broadsheet.forms.topics import TopicForm
from broadsheet.lib.markdown import without_comments
from broadsheet.models import Ability, Scope, Series, Tag
from broadsheet.models.topic import Topic
from broadsheet.web.bearer import allows
from broadsheet.web.problems import Problem

NAMED = (
    attribute("id", int, "Its number, which never changes."),
    attribute("url", str, "Where readers find its posts.", get=address),
    attribute("name", str),
    attribute("slug", str, "The last part of the address."),
)
TOPIC = (
    *NAMED,
    attribute("description", str, "Markdown."),
    attribute("html", str, "The description as readers see it.", get=lambda one: one.description_html),
    attribute("picture", PICTURE, or_null=True),
    attribute("public_posts", int, "How many posts readers find there."),
    attribute(
        "all_posts",
        int,
        "How many posts have it, in whatever state. Null for whoever may not change it.",
        or_null=True,
    ),
)
TAG = Representation("Tag", "What posts are about.", TOPIC)
SERIES = Representation(
    "Series",
    "Posts that belong together, in an order of their own.",
    (*TOPIC, attribute("created_at", datetime)),
)
EXAMPLE = {"name": "Harbour", "description": "All about **ships**."}


class Counted:
    """A topic, and how many posts it has."""

    def __init__(self, topic: Topic, public: int, all_: int | None) -> None:
        self._topic, self.public_posts, self.all_posts = topic, public, all_

    def __getattr__(self, name: str) -> Any:
        return getattr(self._topic, name)

    @property
    def description(self) -> str:
        """Remarks are for whoever may change it."""
        text = self._topic.description
        return without_comments(text) if self.all_posts is None else text


def put_on(blueprint: Blueprint, kind: type[Tag] | type[Series], shape: Representation) -> None:
    """The calls for one kind."""
    word, many = kind.kind, blueprint.name
    orders = {"slug": by(kind.slug, str), "name": by(kind.name, str), "id": by(kind.id, int)}
    takes = Input(TopicForm)

    @blueprint.get("")
    @operation(
        f"List {many}",
        description="Those under which readers find posts; with a token that reads contents, all.",
        gives=shape,
        lists=True,
        parameters=(
            *list_parameters(orders, "slug"),
            Parameter("q", "Only those with these words in the name, the address or the description."),
            Parameter("slug", "The last part of the address."),
            Parameter("unused", "Whether no post has it, not even a draft.", {"type": "boolean"}),
        ),
    )
    def index() -> Response:
        return page(
            wanted(kind),
            shape,
            orders=orders,
            default="slug",
            id_column=kind.id,
            options=(db.joinedload(kind.picture),),
            seen=counted,
        )

    @blueprint.post("")
    @operation(
        f"Make a {word}",
        description="A post gets it by naming it.",
        takes=takes,
        gives=shape,
        status=201,
        example=EXAMPLE,
    )
    def create() -> Created:
        topic = kind.create(**form_for(kind, None).values())
        db.session.flush()
        where = url_for(f"api.{many}.show", id=topic.id, _external=True)
        return Created(shape.of(counted([topic])[0]), where)

    @blueprint.get("/<int:id>")
    @operation(f"Read a {word}", gives=shape, parameters=(FIELDS,))
    def show(id: int) -> dict[str, Any]:
        topic = db.first_or_404(visible(kind).where(kind.id == id))
        return shown(shape, counted([topic])[0])

    @blueprint.put("/<int:id>")
    @operation(
        f"Replace a {word}",
        description="What is left out becomes empty. Its former address leads to the new one.",
        takes=takes,
        gives=shape,
        example=EXAMPLE,
    )
    def replace(id: int) -> dict[str, Any]:
        return changed(held(kind, id), shape, whole=True)

    @blueprint.patch("/<int:id>")
    @operation(
        f"Change a {word}",
        description="What is left out stays. Its former address leads to the new one.",
        takes=takes,
        gives=shape,
        example={"description": "All about **boats**."},
    )
    def change(id: int) -> dict[str, Any]:
        return changed(held(kind, id), shape)

    @blueprint.delete("/<int:id>")
    @operation(
        f"Delete a {word}",
        description="Only one that no post has: merge it, or take it off its posts before."
        if kind is Tag
        else "Its posts stay.",
        status=204,
    )
    def destroy(id: int) -> None:
        topic = held(kind, id)
        demand_match(shape, counted([topic])[0])
        if kind is Tag and topic.is_used:
            raise Problem(409, "Posts have this tag. Merge it into another one, or take it off them first.")
        topic.delete()


# -- who sees what


def visible(kind: type[Topic]) -> Select[Any]:
    """Writers choose from all, as in the editor of a post."""
    sees_all = allows(Scope.CONTENT_READ) and current_user.can(Ability.WRITE)
    return db.select(kind) if sees_all else kind.listed()


def wanted(kind: type[Topic]) -> Select[Any]:
    query = visible(kind).where(kind.matching(request.args.get("q", "")[:200]))
    if "slug" in request.args:
        query = query.where(kind.slug == request.args["slug"][:200])
    unused = wanted_flag("unused")
    if unused is not None:
        query = query.where(kind.unused() if unused else ~kind.unused())
    return query


def counted(topics: Sequence[Topic]) -> list[Counted]:
    if not topics:
        return []
    kind = type(topics[0])
    if not (allows(Scope.CONTENT_READ) and current_user.can(Ability.EDIT_TOPICS)):
        public = kind.count_public(topics)
        return [Counted(one, public.get(one.id, 0), None) for one in topics]
    counts = kind.counts(topics)
    return [
        Counted(one, counts[one.id].public, counts[one.id].all) if one.id in counts else Counted(one, 0, 0)
        for one in topics
    ]


# -- writing


def held(kind: type[Topic], id: int) -> Any:
    return db.one_or_404(db.select(kind).where(kind.id == id).with_for_update())


def form_for(kind: type[Topic], topic: Topic | None, *, whole: bool = False) -> TopicForm:
    return filled(TopicForm, kind, topic, kind.NAME_LENGTH, whole=whole)


def changed(topic: Topic, shape: Representation, *, whole: bool = False) -> dict[str, Any]:
    demand_match(shape, counted([topic])[0])
    topic.change(**form_for(type(topic), topic, whole=whole).values())
    db.session.flush()
    return shape.of(counted([topic])[0])
