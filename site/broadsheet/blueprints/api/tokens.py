"""One's own tokens: looked through and revoked. They are made in the account, by somebody who has just said
who it is; no token makes another."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import FIELDS, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.models import ApiToken, Scope, User
from broadsheet.models.api_token import TokenState

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")

TOKEN = Representation(
    "Token",
    "What a program comes in by.",
    (
        attribute("id", int, "Its number, which never changes."),
        attribute("name", str, "As its person called it."),
        attribute("username", str, "Whose it is.", get=lambda one: one.user.username),
        attribute("last_four", str, "The last characters of the token, to know it by."),
        attribute("scopes", [Scope], "What it is good for.", get=lambda one: one.scopes_in_order),
        attribute("state", TokenState),
        attribute("created_at", datetime),
        attribute("expires_at", datetime, "Null: it has no end.", or_null=True),
        attribute("last_used_at", datetime, "To the minute.", or_null=True),
        attribute("last_address", str, "From which it was used last."),
        attribute("revoked_at", datetime, or_null=True),
    ),
)
ORDERS = {"id": by(ApiToken.id, int), "created_at": by(ApiToken.created_at, datetime)}


@blueprint.get("")
@operation(
    "List your tokens",
    description="Ended ones as well, for 90 days.",
    gives=TOKEN,
    lists=True,
    parameters=list_parameters(ORDERS, "-id"),
)
def index() -> Response:
    return page(
        own().order_by(None),
        TOKEN,
        orders=ORDERS,
        default="-id",
        id_column=ApiToken.id,
        options=(joinedload(ApiToken.user),),
    )


@blueprint.get("/current")
@operation("Tell whose token this is, and what it is good for", gives=TOKEN, parameters=(FIELDS,))
def current() -> dict[str, Any]:
    return shown(TOKEN, g.api_token)


@blueprint.delete("/current")
@operation("Revoke this token", description="Any may end itself.", status=204)
def revoke_current() -> None:
    end(g.api_token.id)


@blueprint.get("/<int:id>")
@operation("Read a token of yours", gives=TOKEN, parameters=(FIELDS,))
def show(id: int) -> dict[str, Any]:
    return shown(TOKEN, db.one_or_404(own().where(ApiToken.id == id)))


@blueprint.delete("/<int:id>")
@operation("Revoke a token of yours", description="Once more is no fault.", status=204)
def revoke(id: int) -> None:
    end(id)


def end(id: int) -> None:
    token = db.one_or_404(own().where(ApiToken.id == id).with_for_update())
    demand_match(TOKEN, token)
    token.revoke(by=person())


def own() -> Select[ApiToken]:
    return ApiToken.of(person())


def person() -> User:
    user: User = current_user._get_current_object()
    return user
