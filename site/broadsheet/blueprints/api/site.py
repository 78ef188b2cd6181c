"""The site as its readers know it."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import FIELDS, operation, shown
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import LINK
from broadsheet.web.current_site import sections, site
from broadsheet.web.public_address import absolute_url

blueprint = Blueprint("site", __name__, url_prefix="/site")

SITE = Representation(
    "Site",
    "The site as its readers know it.",
    (
        attribute("title", str),
        attribute("tagline", str),
        attribute("url", str, "The home page.", get=lambda one: absolute_url("/")),
        attribute("language", str, "BCP 47."),
        attribute("timezone", str, "In which its dates are shown."),
        attribute("navigation", [LINK], "The sections under the title.", get=lambda one: sections()),
        attribute("social_links", [LINK], "Where it is elsewhere."),
    ),
)


@blueprint.get("")
@operation(
    "Read what readers know of the site",
    description="What stands on each page.",
    gives=SITE,
    parameters=(FIELDS,),
)
def show() -> dict[str, Any]:
    return shown(SITE, site)
