"""How the site looks to its readers, whatever its theme (`themes`)."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import FIELDS, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import PICTURE
from broadsheet.forms.appearance import AppearanceForm, fields, stored
from broadsheet.web.current_site import hold_site

blueprint = Blueprint("appearance", __name__, url_prefix="/appearance")


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


@blueprint.get("")
@operation(
    "Read the appearance",
    description="Colour, type, columns and the pictures of the site.",
    gives=APPEARANCE,
    parameters=(FIELDS,),
)
def show() -> dict[str, Any]:
    return shown(APPEARANCE, fields(stored()))


@blueprint.put("")
@operation(
    "Replace the appearance",
    description="Pictures that are left out are taken away.",
    takes=Input(AppearanceForm),
    gives=APPEARANCE,
    example={"accent": "#9b2a20", "typeface": "serif", "header": "centred", "columns": 0},
)
def replace() -> dict[str, Any]:
    return changed(whole=True)


@blueprint.patch("")
@operation(
    "Change the appearance",
    description="What is left out stays.",
    takes=Input(AppearanceForm),
    gives=APPEARANCE,
    example={"accent": "#1f4e79"},
)
def change() -> dict[str, Any]:
    return changed()


def changed(*, whole: bool = False) -> dict[str, Any]:
    held = hold_site()
    demand_match(APPEARANCE, fields(stored()))
    held.change(**filled(AppearanceForm, whole=whole).look)
    return APPEARANCE.of(fields(stored()))
