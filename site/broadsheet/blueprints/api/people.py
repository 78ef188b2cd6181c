"""People: those whom readers meet, for everybody; accounts and bylines, for those who manage them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
)
from broadsheet.blueprints.api.operations import FIELDS, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import LINK, PICTURE, address
from broadsheet.extensions import db
from broadsheet.forms.people import ONLY_ADMIN, PersonForm, RemovalForm, has_doors, is_oneself
from broadsheet.lib.markdown import without_comments
from broadsheet.models import Ability, ApiToken, Post, Role, Scope, User
from broadsheet.models.second_factors import factors_of
from broadsheet.models.user import LastAdmin
from broadsheet.web.bearer import allows
from broadsheet.web.problems import Problem

blueprint = Blueprint("people", __name__, url_prefix="/people")

DOORS = ("email", "role")  # what somebody comes in by, and what is open then


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    BYLINE = "byline"


STATES: dict[State, Callable[[], Select[Any]]] = {
    State.ACTIVE: User.active,
    State.SUSPENDED: User.suspended,
    State.BYLINE: User.bylines,
}


class Counted:
    """A person, with what is counted of many at once."""

    def __init__(self, person: User, **counts: Any) -> None:
        self._person = person
        self.__dict__ |= counts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._person, name)


def state_of(person: Any) -> State:
    if person.is_byline:
        return State.BYLINE
    return State.ACTIVE if person.is_active else State.SUSPENDED


PUBLIC = (
    attribute("id", int, "Its number, which never changes."),
    attribute("username", str, "As it stands in the address of the page."),
    attribute("name", str),
    attribute("url", str, "The page that readers see, if there is one.", get=address),
    attribute("bio", str, "Markdown."),
    attribute("bio_html", str, "The same as readers see it.", large=True),
    attribute("links", [LINK]),
    attribute("avatar", PICTURE, or_null=True),
    attribute("public_posts", int, "How many posts that readers see bear the name."),
)
PERSON = Representation("Person", "Somebody who is named over texts.", PUBLIC)
ACCOUNT = Representation(
    "Account",
    "Somebody who signs in or is named over texts. Strangers are told less, and only of whom readers meet.",
    (
        *PUBLIC,
        attribute("role", Role),
        attribute("email", str, "Of a byline: none.", or_null=True),
        attribute("state", State, get=state_of),
        attribute("has_second_factor", bool),
        attribute("last_signed_in_at", datetime, or_null=True),
        attribute("created_at", datetime),
        attribute("posts", int, "How many posts bear the name, drafts included."),
    ),
)

OPEN_ORDERS = {"username": by(User.username, str), "id": by(User.id, int)}
ORDERS = OPEN_ORDERS | {
    "created_at": by(User.created_at, datetime),
    "last_signed_in_at": by(User.last_signed_in_at, datetime, may_be_null=True),
}
FOR_MANAGERS = (
    Parameter("q", "Words, each of which stands in the name, the username or the e-mail address."),
    choice_parameter("state", "Only these.", State),
    choice_parameter("role", "Only these.", Role),
)
NOT_TOLD = {403: "It asks for what only those who manage people are told."}
NARROWED: dict[str, Callable[[Select[Any], str], Select[Any]]] = {
    "q": lambda query, words: query.where(User.matching(words[:200])),
    "state": lambda query, _name: query.where(User.id.in_(ids_in(State(wanted_choice("state", State))))),
    "role": lambda query, _name: query.where(User.role == wanted_choice("role", Role)),
}


@blueprint.get("")
@operation(
    "List people",
    description="Those whom readers meet: they have published something, or may. Whoever manages people gets "
    "all of them, bylines included, and may narrow and sort by what strangers are not told.",
    gives=ACCOUNT,
    lists=True,
    parameters=(
        *list_parameters(ORDERS, "username"),
        Parameter("username", "The one of this username."),
        *FOR_MANAGERS,
    ),
    statuses=NOT_TOLD,
)
def index() -> Response:
    refuse_what_strangers_are_not_told()
    is_manager = manages()
    query = all_seen()
    if "username" in request.args:
        query = query.where(User.username == request.args["username"].lower()[:100])
    for name, narrowed in NARROWED.items():
        if name in request.args:
            query = narrowed(query, request.args[name])
    return page(
        query,
        ACCOUNT if is_manager else PERSON,
        orders=ORDERS if is_manager else OPEN_ORDERS,
        default="username",
        id_column=User.id,
        options=[joinedload(User.avatar)],
        seen=counted if is_manager else counted_for_all,
    )


@blueprint.get("/<int:id>")
@operation(
    "Read a person",
    description="Strangers are told less, and only of whom readers meet.",
    gives=ACCOUNT,
    parameters=(FIELDS,),
    statuses=NOT_TOLD,
)
def show(id: int) -> dict[str, Any]:
    refuse_what_strangers_are_not_told()
    person = db.first_or_404(all_seen().where(User.id == id).options(joinedload(User.avatar)))
    if manages():
        return shown(ACCOUNT, counted([person])[0])
    return shown(PERSON, counted_for_all([person])[0])


CHANGED = (
    "Another role or e-mail address opens doors: for these, your own password is asked for. A byline has "
    "neither; your own are not changed here."
)
TAKES = Input(PersonForm)


@blueprint.put("/<int:id>")
@operation(
    "Replace a person's particulars",
    description=CHANGED,
    takes=TAKES,
    gives=ACCOUNT,
    example={
        "name": "Ben Author",
        "email": "ben@example.com",
        "role": "editor",
        "bio": "Writes about *tests*.",
        "own_password": "correct horse battery",
    },
)
def replace(id: int) -> dict[str, Any]:
    return changed(id, whole=True)


@blueprint.patch("/<int:id>")
@operation(
    "Change a person's particulars",
    description=CHANGED,
    takes=TAKES,
    gives=ACCOUNT,
    example={"bio": "Writes about *tests*."},
)
def change(id: int) -> dict[str, Any]:
    return changed(id)


@blueprint.put("/<int:id>/suspension")
@operation(
    "Suspend somebody",
    description="Every session is ended, and tokens open nothing until it ends; what the person wrote stays.",
    gives=ACCOUNT,
)
def suspend(id: int) -> dict[str, Any]:
    person = held_or_404(id)
    if not current_user.can_suspend(person):
        raise Problem(403, "A byline has no account to close, and nobody closes their own.")
    try:
        person.suspend()
    except LastAdmin:
        raise Problem(409, str(ONLY_ADMIN)) from None
    return told(person)


@blueprint.delete("/<int:id>/suspension")
@operation(
    "End a suspension",
    description="The person signs in again, and tokens that were not revoked open again.",
    status=204,
)
def reinstate(id: int) -> None:
    held_or_404(id).reinstate()


@blueprint.delete("/<int:id>/second-factors")
@operation(
    "Remove somebody's second factors",
    description="For somebody who has lost all of them: the password alone opens the account then, and every "
    "session is ended. Your own password is asked for.",
    takes=Input(RemovalForm, required=("own_password",)),
    status=204,
    example={"own_password": "correct horse battery"},
)
def remove_second_factors(id: int) -> None:
    person = held_or_404(id)
    if not current_user.can_unlock(person):
        raise Problem(403, "Your own second factors are managed where you sign in, under your account.")
    filled(RemovalForm)
    person.remove_second_factors()


@blueprint.delete("/<int:id>/tokens")
@operation(
    "Revoke all tokens of somebody",
    description="They stay revoked: the person makes new ones. Your own are under /tokens.",
    status=204,
)
def revoke_tokens(id: int) -> None:
    person = held_or_404(id)
    if is_oneself(person):
        raise Problem(403, "Your own tokens are under /api/v1/tokens.")
    ApiToken.revoke_all(person, by=current_user)


# -- who sees whom


def manages() -> bool:
    return current_user.can(Ability.MANAGE_PEOPLE) and allows(Scope.PEOPLE_READ)


def all_seen() -> Select[Any]:
    return db.select(User) if manages() else User.with_page()


def ids_in(state: State) -> Select[Any]:
    return STATES[state]().with_only_columns(User.id)


def refuse_what_strangers_are_not_told() -> None:
    """403 for what only those who manage people may ask for."""
    if manages():
        return
    asked = [one.name for one in FOR_MANAGERS if one.name in request.args]
    if request.args.get("sort", "").removeprefix("-") in ORDERS.keys() - OPEN_ORDERS.keys():
        asked.append("sort")
    fields = {name.strip() for name in request.args.get("fields", "").split(",")}
    if fields & (set(ACCOUNT.names) - set(PERSON.names)):
        asked.append("fields")
    if asked:
        words = f"Only whoever manages people may ask so, with the scope {Scope.PEOPLE_READ}."
        raise Problem(403, "This is not told to everybody.", errors=[(f"?{name}", words) for name in asked])


def counted_for_all(people: Sequence[User]) -> list[Counted]:
    public = Post.count_public(people)
    return [Counted(one, public_posts=public.get(one.id, 0), bio=without_comments(one.bio)) for one in people]


def counted(people: Sequence[User]) -> list[Counted]:
    """In a fixed number of questions."""
    public, posts, factors = Post.count_public(people), Post.count_by_author(people), factors_of(people)
    return [
        Counted(
            one,
            public_posts=public.get(one.id, 0),
            posts=posts.get(one.id, 0),
            has_second_factor=bool(factors.get(one.id)),
        )
        for one in people
    ]


def told(person: User) -> dict[str, Any]:
    db.session.flush()
    return ACCOUNT.of(counted([person])[0])


# -- writing


def held_or_404(id: int) -> User:
    person: User = db.one_or_404(db.select(User).where(User.id == id).with_for_update())
    demand_match(ACCOUNT, counted([person])[0])
    return person


def changed(id: int, *, whole: bool = False) -> dict[str, Any]:
    person = held_or_404(id)
    form = filled(PersonForm, person, but=() if has_doors(person) else DOORS, whole=whole)
    try:
        form.store()
    except LastAdmin:
        raise Problem(409, str(ONLY_ADMIN)) from None
    return told(person)
