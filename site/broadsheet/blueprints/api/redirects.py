"""Redirects: former and imported addresses, and where they lead."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.forms.redirects import RedirectForm
from broadsheet.models import Alias
from broadsheet.models.base import each_word_in
from broadsheet.web.problems import Problem
from broadsheet.web.public_address import absolute_url
from broadsheet.web.whereabouts import subject_at

blueprint = Blueprint("redirects", __name__, url_prefix="/redirects")

REDIRECT = Representation(
    "Redirect",
    "An address at which nothing stands, and where it leads.",
    (
        attribute("id", int, "Its number, which never changes."),
        attribute("path", str),
        attribute("url", str, get=lambda one: absolute_url(one.path)),
        attribute("target", str, "The present address of what it leads to.", get=lambda one: one.target.path),
        attribute("created_at", datetime),
    ),
)
ORDERS = {
    "path": by(Alias.path, str),
    "created_at": by(Alias.created_at, datetime),
    "id": by(Alias.id, int),
}
TARGETS = tuple(db.joinedload(one) for one in (Alias.post, Alias.page, Alias.tag, Alias.series))


@blueprint.get("")
@operation(
    "List redirects",
    gives=REDIRECT,
    lists=True,
    parameters=(
        *list_parameters(ORDERS, "path"),
        Parameter("q", "Only those with these words in the path."),
    ),
)
def index() -> Response:
    query = db.select(Alias).where(each_word_in(request.args.get("q", "")[:200], Alias.path))
    return page(query, REDIRECT, orders=ORDERS, default="path", id_column=Alias.id, options=TARGETS)


@blueprint.post("")
@operation(
    "Make a redirect",
    description="An address that redirects already leads there from then on.",
    takes=Input(RedirectForm),
    gives=REDIRECT,
    status=201,
    example={"path": "/old-page", "target": "/about"},
)
def create() -> Created:
    form = filled(RedirectForm)
    subject = subject_at(form.target.data)
    if subject is None:  # gone since the form was looked at
        raise Problem(422, "Nothing stands there any more.", errors=[("/target", "It is gone.")])
    alias = Alias.create(form.path.data, subject)
    db.session.flush()
    return Created(REDIRECT.of(alias), url_for("api.redirects.show", id=alias.id, _external=True))


@blueprint.get("/<int:id>")
@operation("Read a redirect", gives=REDIRECT, parameters=(FIELDS,))
def show(id: int) -> dict[str, Any]:
    return shown(REDIRECT, db.get_or_404(Alias, id))


@blueprint.delete("/<int:id>")
@operation("Delete a redirect", description="For good.", status=204)
def destroy(id: int) -> None:
    alias = db.one_or_404(db.select(Alias).where(Alias.id == id).with_for_update())
    demand_match(REDIRECT, alias)
    alias.delete()
