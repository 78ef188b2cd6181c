"""Pages at the desk: the list. Writing them is like writing posts, see writing.py."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from broadsheet.blueprints.desk import selections, writing
from broadsheet.models import Page
from broadsheet.web.kinds import Kind

blueprint = Blueprint("pages", __name__, url_prefix="/pages", url_defaults={"kind": Page})
writing.put_on(blueprint)


@blueprint.get("")
def index(kind: Kind) -> ResponseReturnValue:
    return selections.page(kind)
