"""Themes: the looks that lie in instance/themes, one of which readers see in place of the built-in."""

from typing import Any

from flask import Blueprint, Response

from broadsheet.blueprints.api.operations import FIELDS, Input, in_json, operation, shown, wanted_fields
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.forms.themes import ThemeForm
from broadsheet.web import themes
from broadsheet.web.current_site import hold_site, site

blueprint = Blueprint("themes", __name__, url_prefix="/themes")

THEME = Representation(
    "Theme",
    "A look that lies in the folder of themes.",
    (
        attribute("name", str, "Of its folder."),
        attribute("title", str),
        attribute("version", str),
        attribute("author", str),
        attribute("description", str),
        attribute("is_usable", bool),
        attribute("is_chosen", bool, get=lambda one: one.name == site.theme),
        attribute("problems", [str], "What of it does not work, for which the built-in look stands in.",
                  get=lambda one: [*one.told(), *themes.problems_in_use(one.name)]),
    ),
)  # fmt: skip
CHOSEN = Representation(
    "ChosenTheme",
    "The theme that readers see.",
    (attribute("theme", str, "The name of its folder; empty: the built-in look."),),
)


@blueprint.get("")
@operation(
    "List themes", description="All of them on one page, by name.", gives=THEME, lists=True,
    parameters=(FIELDS,),
)  # fmt: skip
def index() -> Response:
    names = wanted_fields(THEME, THEME.names)
    return in_json({"items": [THEME.of(one, names) for one in themes.installed()], "next": None})


@blueprint.get("/chosen")
@operation(
    "Read which theme readers see",
    description="An empty name is the built-in look.",
    gives=CHOSEN,
    parameters=(FIELDS,),
)
def chosen() -> dict[str, Any]:
    return shown(CHOSEN, site)


@blueprint.put("/chosen")
@operation(
    "Choose a theme",
    description="Its files are read as they are now: choose it again when they have changed.",
    takes=Input(ThemeForm),
    gives=CHOSEN,
    example={"theme": ""},
)
def choose() -> dict[str, Any]:
    held = hold_site()
    demand_match(CHOSEN, held)
    held.change(**filled(ThemeForm, whole=True).changes())
    return CHOSEN.of(held)
