"""The edition: whether anything that readers see has changed."""

from typing import Any

from flask import Blueprint

from broadsheet.blueprints.api.operations import operation
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.extensions import db
from broadsheet.models import Edition

blueprint = Blueprint("edition", __name__, url_prefix="/edition")

EDITION = Representation(
    "Edition",
    "A number that rises with each change that readers can see.",
    (attribute("number", int, "As in the header Surrogate-Key of each page."),),
)


@blueprint.get("")
@operation(
    "Read the edition",
    description="As long as it is the same, so is the site, but for what time alone changes.",
    gives=EDITION,
)
def show() -> dict[str, Any]:
    return {"number": db.session.scalars(db.select(Edition.number)).one()}
