"""Posts and pages: listed, read, written. posts.py and pages.py put it on their blueprints."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user
from sqlalchemy import Select, false

from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
)
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.shapes import AsReadersSee, NewestSave, for_a_list, shape_of
from broadsheet.extensions import db
from broadsheet.forms.content import ContentForm, PageForm, PostForm
from broadsheet.forms.saving import rendered_apart, store
from broadsheet.models import Post, Scope, Visitor
from broadsheet.models.content import State, Status
from broadsheet.models.versioned import Merged
from broadsheet.web.bearer import allows, demand
from broadsheet.web.kinds import Content, Kind, held_or_404, held_or_new, require_publisher_if_published
from broadsheet.web.markdown_source import MEDIA_TYPE, source
from broadsheet.web.problems import Problem

MARKDOWN = MEDIA_TYPE.partition(";")[0]
# What the form has for other calls: reviews.
NOT_WRITTEN = ("question", "answer")
EXAMPLES: dict[str, dict[str, Any]] = {
    "post": {
        "title": "The harbour at dawn",
        "summary": "What the first ferry carries.",
        "body": "At five the lamps go out *one by one*.\n",
        "tags": ["Harbour", "Morning"],
        "language": "en",
    },
    "page": {
        "title": "Imprint",
        "summary": "Who is behind this.",
        "body": "Written and printed in a *small room* by the sea.\n",
    },
}
# What a new one has by itself, and one that is replaced has to keep.
NOT_EMPTIED: dict[str, dict[str, Any]] = {"post": {"authors": ["Ann Author"]}, "page": {}}

IN_STATE = choice_parameter(
    "state", "Only those in this state. Without a token only what is published is listed.", State
)
Filters = dict[str, Callable[[Kind, str], Any]]


def put_on(blueprint: Blueprint, kind: Kind, *, filters: Filters, parameters: tuple[Parameter, ...]) -> None:
    """The calls for one kind. `filters` are conditions, by the name of their parameter."""
    shape, form = shape_of(kind), form_of(kind)
    word, many = kind.kind, f"{kind.kind}s"
    takes = Input(form, NOT_WRITTEN)
    orders = {
        "published_at": by(kind.published_at, datetime, may_be_null=True),
        "updated_at": by(kind.updated_at, datetime),
        "id": by(kind.id, int),
    }

    @blueprint.get("")
    @operation(
        f"List {many}",
        description=f"Those that are published; with a token also what its person may edit. Of a {word} with "
        "held changes, lists tell what readers see. By `updated_at` only what its person may edit is listed.",
        gives=shape,
        lists=True,
        parameters=(*list_parameters(orders, "-published_at"), IN_STATE, *parameters),
        statuses={403: "Only whoever edits a text may sort by `updated_at`."},
    )
    def index() -> Response:
        query = wanted(kind, filters)
        default = "-published_at" if shows_public_alone() else "-id"
        return page(
            query,
            shape,
            orders=orders,
            default=default,
            id_column=kind.id,
            options=for_a_list(kind),
            seen=lambda rows: [as_listed(row) for row in rows],
        )

    @blueprint.post("")
    @operation(
        f"Write a {word}",
        description="It is a draft until it is published.",
        takes=takes,
        gives=shape,
        status=201,
        example=EXAMPLES[word],
    )
    def create() -> Created:
        content = held_or_new(kind, None)
        saved(content, filled(form, content, but=NOT_WRITTEN))
        return Created(
            shape.of(NewestSave(content)), url_for(f"api.{many}.show", id=content.id, _external=True)
        )

    @blueprint.get("/<int:id>")
    @operation(
        f"Read a {word}",
        description="Whoever may edit it gets the newest save, others what is published. With "
        f"“Accept: {MARKDOWN}” it comes as Markdown below a front matter, as readers see it.",
        gives=shape,
        media_types=("application/json", MARKDOWN),
        parameters=(FIELDS,),
    )
    def show(id: int) -> Response | dict[str, Any]:
        content = db.first_or_404(kind.visible_to(reader()).where(kind.id == id))
        if wants_markdown():
            return source(content)
        return shown(shape, as_seen(content))

    @blueprint.put("/<int:id>")
    @operation(
        f"Replace a {word}",
        description="What is left out becomes empty. Of what readers see, changes are held until they are "
        "published.",
        takes=takes,
        gives=shape,
        example=EXAMPLES[word] | NOT_EMPTIED[word],
    )
    def replace(id: int) -> dict[str, Any]:
        return changed(held_or_404(kind, id), whole=True)

    @blueprint.patch("/<int:id>")
    @operation(
        f"Change a {word}",
        description="What is left out stays as it was saved last. Of what readers see, changes are held "
        "until they are published. With `version`, what others have saved since is merged with it; 409 tells "
        "where both contradict each other.",
        takes=takes,
        gives=shape,
        example={"title": EXAMPLES[word]["title"]},
    )
    def change(id: int) -> dict[str, Any]:
        return changed(held_or_404(kind, id))

    @blueprint.delete("/<int:id>")
    @operation(
        f"Move a {word} to the trash",
        description="From there it can be taken back for 30 days.",
        status=204,
    )
    def destroy(id: int) -> None:
        content = db.one_or_404(kind.removable_by(current_user).where(kind.id == id).with_for_update())
        demand_publisher_if_published(content)
        demand_match(shape, NewestSave(content))
        content.trash()


def form_of(kind: Kind) -> type[ContentForm]:
    return PostForm if issubclass(kind, Post) else PageForm


# -- who sees what


def reader() -> Any:
    """Whose rights decide what is seen: nobody's, if the token is not good for reading drafts."""
    return current_user if allows(Scope.CONTENT_READ) else Visitor()


def shows_public_alone() -> bool:
    return not current_user.is_authenticated or not allows(Scope.CONTENT_READ)


def as_seen(content: Content) -> Any:
    return NewestSave(content) if reader().can_edit(content) else AsReadersSee(content)


def as_listed(content: Content) -> Any:
    return content if reader().can_edit(content) else AsReadersSee(content)


def wants_markdown() -> bool:
    return request.accept_mimetypes.best_match(["application/json", MARKDOWN]) == MARKDOWN


def wanted(kind: Kind, filters: Filters) -> Select[Any]:
    query = in_state(kind)
    for name, condition in filters.items():
        if value := request.args.get(name):
            query = query.where(condition(kind, value[:200]))
        elif name in request.args:
            query = query.where(false())
    return query


def in_state(kind: Kind) -> Select[Any]:
    """What is published anybody may list; of any other state only what one may edit."""
    asked = wanted_choice("state", State)
    if request.args.get("sort", "").endswith("updated_at"):
        # When it was saved last tells of changes that are held.
        if shows_public_alone():
            words = "Only whoever edits a text may ask when it was saved last."
            raise Problem(403, words, errors=[("?sort", "Sort by published_at or id.")])
        seen = kind.editable_by(reader())
    else:
        seen = kind.visible_to(reader())
    if asked is None:
        return seen.where(kind.trashed_at.is_(None))
    allowed = seen if asked == State.PUBLISHED else kind.editable_by(reader())
    return allowed.where(kind.in_state(State(asked)))


# -- writing


def demand_publisher_if_published(content: Content) -> None:
    """A token that is good for drafts alone neither takes away what readers see nor brings it back."""
    if content.status == Status.PUBLISHED:
        demand(Scope.CONTENT_PUBLISH)
    require_publisher_if_published(content)


def changed(content: Content, *, whole: bool = False) -> dict[str, Any]:
    shape = shape_of(type(content))
    demand_match(shape, NewestSave(content))
    form = filled(form_of(type(content)), content, but=NOT_WRITTEN, whole=whole)
    saved(content, form)
    return shape.of(NewestSave(content))


def saved(content: Content, form: ContentForm, *, to_publish: bool = False) -> Merged:
    """Stores what a valid form says. 409, with both sides, where others have contradicted it meanwhile."""
    shape = shape_of(type(content))
    document = rendered_apart(content, form.body.data, form.language.data)
    if content.id:
        demand_match(shape, NewestSave(content))  # nobody held it while it was rendered
    merged = store(content, form, to_publish=to_publish, document=document)
    if merged.conflicts:
        raise contradicted(content, merged)
    db.session.flush()
    return merged


def contradicted(content: Content, merged: Merged) -> Problem:
    sides = {"yours": merged.changes, "theirs": merged.theirs, "ancestor": merged.ancestor}
    return Problem(
        409,
        "Somebody saved meanwhile, and contradicts this. Nothing of it is stored. Decide, and send it with "
        "the new version.",
        errors=[(f"/{name}", "Both have changed it.") for name in merged.conflicts],
        version=content.version,
        conflicts={
            name: {side: str(values.get(name) or "") for side, values in sides.items()}
            for name in merged.conflicts
        },
    )
