"""Who asks: the person of the token, and what both may do."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g
from flask_login import current_user

from broadsheet.blueprints.api.operations import FIELDS, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import LINK, PICTURE, address
from broadsheet.extensions import db
from broadsheet.forms.profile import ProfileForm
from broadsheet.models import Ability, Role, Scope, User

blueprint = Blueprint("me", __name__, url_prefix="/me")

# A picture comes as a file, which only a page sends.
NOT_WRITTEN = ("avatar", "remove_avatar")

TOKEN = Representation(
    "PresentToken",
    "The token of this call.",
    (
        attribute("name", str),
        attribute("scopes", [Scope], "What it is good for."),
        attribute("expires_at", datetime, or_null=True),
    ),
)
ME = Representation(
    "Me",
    "The person of the token.",
    (
        attribute("id", int),
        attribute("username", str),
        attribute("name", str),
        attribute("email", str, or_null=True),
        attribute("role", Role),
        attribute("abilities", [str], "What the role may do; the scopes of the token narrow it."),
        attribute("url", str, "The page that readers see, if there is one.", get=address),
        attribute("bio", str, "Markdown."),
        attribute("bio_html", str, "The same as readers see it."),
        attribute("links", [LINK]),
        attribute("avatar", PICTURE, or_null=True),
        attribute("timezone", str, "In which this person reads times; empty: as the site."),
        attribute("token", TOKEN),
    ),
)


class Oneself:
    def __init__(self, person: User) -> None:
        self._person, self.token = person, g.api_token
        self.abilities = [one.name.lower() for one in Ability if person.can(one)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._person, name)


@blueprint.get("")
@operation(
    "Read who asks",
    description="The person of the token, and what both are good for. Any token may ask.",
    gives=ME,
    parameters=(FIELDS,),
)
def show() -> dict[str, Any]:
    return shown(ME, Oneself(current_user))


@blueprint.patch("")
@operation(
    "Change one's own profile",
    description="What readers see of a person. Address and password are changed where one signs in.",
    takes=Input(ProfileForm, NOT_WRITTEN),
    gives=ME,
    example={"bio": "Writes *much*.", "links": [{"label": "Site", "url": "https://ann.example.org/"}]},
)
def change() -> dict[str, Any]:
    person: User = db.one_or_404(db.select(User).where(User.id == current_user.id).with_for_update())
    demand_match(ME, Oneself(person))
    person.describe(**filled(ProfileForm, person, but=NOT_WRITTEN).changes())
    db.session.flush()
    return ME.of(Oneself(person))
