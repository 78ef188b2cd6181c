"""The navigation: the sections under the masthead, in their order."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import FIELDS, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import LINK
from broadsheet.forms.navigation import NavigationForm
from broadsheet.web.current_site import hold_site, site

blueprint = Blueprint("navigation", __name__, url_prefix="/navigation")

NAVIGATION = Representation(
    "Navigation",
    "The sections under the title.",
    (attribute("links", [LINK], "In the order in which they stand.", get=lambda one: one.navigation),),
)


@blueprint.get("")
@operation(
    "Read the navigation",
    description="As the owner wrote it; /site has it in the language of the site.",
    gives=NAVIGATION,
    parameters=(FIELDS,),
)
def show() -> dict[str, Any]:
    return shown(NAVIGATION, site)


@blueprint.put("")
@operation(
    "Replace the navigation",
    description="The sections stand in the order in which they are sent.",
    takes=Input(NavigationForm),
    gives=NAVIGATION,
    example={"links": [{"label": "Home", "url": "/"}, {"label": "Archive", "url": "/archive"}]},
)
def replace() -> dict[str, Any]:
    held = hold_site()
    demand_match(NAVIGATION, held)
    held.change(**filled(NavigationForm, whole=True).changes())
    return NAVIGATION.of(held)
