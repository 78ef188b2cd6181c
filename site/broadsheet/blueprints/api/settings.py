"""The site's settings."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import FIELDS, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import LINK
from broadsheet.forms.settings import SettingsForm
from broadsheet.web.current_site import hold_site, site

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

SETTINGS = Representation(
    "Settings",
    "What the owner sets from day to day.",
    (
        attribute("title", str),
        attribute("tagline", str, "One line under the title."),
        attribute("language", str, "BCP 47."),
        attribute("timezone", str, "In which readers see dates."),
        attribute("posts_per_page", int),
        attribute("authors_publish", bool, "Whether authors publish their own posts, or editors alone do."),
        attribute("second_factor_of", str, "Of whom one is demanded."),
        attribute("footer", str, "Markdown."),
        attribute("robots", str, "Further lines of robots.txt."),
        attribute("security_contact", str, "In /.well-known/security.txt; empty: there is no such file."),
        attribute("security_expires", str, "Until when it is valid, as a day."),
        attribute("social_links", [LINK]),
    ),
)
TAKES = Input(SettingsForm)
OPENS_DOORS = (
    "Your own password is asked for if authors may publish from then on, or if a second factor is demanded "
    "of fewer people."
)


@blueprint.get("")
@operation(
    "Read the settings",
    description="The look is at /appearance and /themes, the sections are at /navigation.",
    gives=SETTINGS,
    parameters=(FIELDS,),
)
def show() -> dict[str, Any]:
    return shown(SETTINGS, site)


@blueprint.put("")
@operation(
    "Replace the settings",
    description=OPENS_DOORS,
    takes=TAKES,
    gives=SETTINGS,
    example={
        "title": "The Gazette",
        "language": "en",
        "timezone": "Europe/Berlin",
        "posts_per_page": 10,
        "authors_publish": False,
        "second_factor_of": "nobody",
    },
)
def replace() -> dict[str, Any]:
    return changed(whole=True)


@blueprint.patch("")
@operation(
    "Change settings",
    description=f"What is left out stays. {OPENS_DOORS}",
    takes=TAKES,
    gives=SETTINGS,
    example={"tagline": "All the news that runs"},
)
def change() -> dict[str, Any]:
    return changed()


def changed(*, whole: bool = False) -> dict[str, Any]:
    held = hold_site()
    demand_match(SETTINGS, held)
    held.change(**filled(SettingsForm, whole=whole).changes())
    return SETTINGS.of(held)
