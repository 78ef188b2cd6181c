"""Invitations: a link by which somebody gets an account. It is told once, when it is made."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.forms.invitations import InvitationForm
from broadsheet.models import Invitation, Role, User
from broadsheet.web.problems import Problem

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")

ATTRIBUTES = (
    attribute("id", int),
    attribute("email", str),
    attribute("role", Role, "With which somebody comes in by it."),
    attribute("byline", BYLINE, "Which gets the account, in place of a new person.", get=lambda one: one.user,
              or_null=True),
    attribute("invited_by", BYLINE, or_null=True),
    attribute("created_at", datetime),
    attribute("expires_at", datetime),
)  # fmt: skip
INVITATION = Representation("Invitation", "An open one: neither accepted nor expired.", ATTRIBUTES)
NEW_INVITATION = Representation(
    "NewInvitation",
    "An invitation with its link, which is told this once.",
    (*ATTRIBUTES, attribute("link", str, "It opens the door to whoever has it.")),
)
ORDERS = {"id": by(Invitation.id, int), "expires_at": by(Invitation.expires_at, datetime)}
PEOPLE = (joinedload(Invitation.invited_by), joinedload(Invitation.user))


@blueprint.get("")
@operation(
    "List invitations",
    description="Those that are open.",
    gives=INVITATION,
    lists=True,
    parameters=list_parameters(ORDERS, "-id"),
)
def index() -> Response:
    return page(
        Invitation.open(),
        INVITATION,
        orders=ORDERS,
        default="-id",
        id_column=Invitation.id,
        options=PEOPLE,
    )


@blueprint.post("")
@operation(
    "Invite somebody",
    description="The link goes out by mail, and stands in this answer. Former ones to the same address are "
    "void. Your own password is asked for: whoever follows the link comes in.",
    takes=Input(InvitationForm, required=("email", "own_password")),
    gives=NEW_INVITATION,
    status=201,
    parameters=(Parameter("byline", "The username of a byline that gets the account."),),
    example={"email": "new@example.com", "role": "author", "own_password": "correct horse battery"},
)
def create() -> Created:
    byline = wanted_byline()
    invitation, link = filled(InvitationForm).invite(byline)
    db.session.flush()
    where = url_for("api.invitations.show", id=invitation.id, _external=True)
    return Created(INVITATION.of(invitation) | {"link": link}, where, is_secret=True)


@blueprint.get("/<int:id>")
@operation(
    "Read an invitation",
    description="Without its link, which is told only when it is made.",
    gives=INVITATION,
    parameters=(FIELDS,),
)
def show(id: int) -> dict[str, Any]:
    open_one = Invitation.open().where(Invitation.id == id).options(*PEOPLE)
    return shown(INVITATION, db.first_or_404(open_one))


@blueprint.delete("/<int:id>")
@operation("Withdraw an invitation", description="Its link opens nothing any more.", status=204)
def destroy(id: int) -> None:
    invitation = db.one_or_404(Invitation.open().where(Invitation.id == id).with_for_update())
    demand_match(INVITATION, invitation)
    invitation.withdraw()


def wanted_byline() -> User | None:
    username = request.args.get("byline")
    if username is None:
        return None
    byline: User | None = db.session.scalar(User.bylines().where(User.username == username[:100]))
    if byline is None:
        words = "No byline has this username, or it has an account by now."
        raise Problem(422, "Nobody was invited.", errors=[("?byline", words)])
    return byline
