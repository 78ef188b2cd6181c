"""How the site looks to its readers: what the owner set, and the theme."""

from typing import Any

from flask import Blueprint, Response

from broadsheet.blueprints.api.operations import FIELDS, Input, in_json, operation, shown, wanted_fields
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import PICTURE
from broadsheet.forms.appearance import AppearanceForm, fields, stored
from broadsheet.forms.themes import ThemeForm
from broadsheet.web import themes
from broadsheet.web.current_site import hold_site, site

blueprint = Blueprint("appearance", __name__)


def of_look(name: str) -> Any:
    return lambda look: look[name]


APPEARANCE = Representation(
    "Appearance",
    "How the site looks to its readers.",
    (
        attribute("accent", str, "A colour, as in #9b2a20.", get=of_look("accent")),
        attribute("typeface", str, get=of_look("typeface")),
        attribute("header", str, get=of_look("header")),
        attribute("columns", int, "Of the home page; 0: as many as fit.", get=of_look("columns")),
        attribute("logo", PICTURE, or_null=True, get=of_look("logo")),
        attribute("logo_dark", PICTURE, "On dark pages.", or_null=True, get=of_look("logo_dark")),
        attribute("icon", PICTURE, or_null=True, get=of_look("icon")),
    ),
)
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


@blueprint.get("/appearance")
@operation("Read the appearance", gives=APPEARANCE, parameters=(FIELDS,))
def show() -> dict[str, Any]:
    return shown(APPEARANCE, fields(stored()))


@blueprint.put("/appearance")
@operation(
    "Replace the appearance",
    takes=Input(AppearanceForm),
    gives=APPEARANCE,
    example={"accent": "#9b2a20", "typeface": "serif", "header": "centred", "columns": 0},
)
def replace() -> dict[str, Any]:
    return changed(whole=True)


@blueprint.patch("/appearance")
@operation(
    "Change the appearance",
    description="What is left out stays.",
    takes=Input(AppearanceForm),
    gives=APPEARANCE,
    example={"accent": "#1f4e79"},
)
def change() -> dict[str, Any]:
    return changed()


@blueprint.get("/themes")
@operation(
    "List themes", description="All of them on one page, by name.", gives=THEME, lists=True,
    parameters=(FIELDS,),
)  # fmt: skip
def index() -> Response:
    names = wanted_fields(THEME, THEME.names)
    return in_json({"items": [THEME.of(one, names) for one in themes.installed()], "next": None})


@blueprint.get("/themes/chosen")
@operation("Read which theme readers see", gives=CHOSEN, parameters=(FIELDS,))
def chosen() -> dict[str, Any]:
    return shown(CHOSEN, site)


@blueprint.put("/themes/chosen")
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


def changed(*, whole: bool = False) -> dict[str, Any]:
    held = hold_site()
    demand_match(APPEARANCE, fields(stored()))
    held.change(**filled(AppearanceForm, whole=whole).look)
    return APPEARANCE.of(fields(stored()))
