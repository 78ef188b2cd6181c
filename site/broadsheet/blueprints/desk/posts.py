"""Posts at the desk: the list. Writing them is like writing pages, see writing.py."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from broadsheet.blueprints.desk import selections, writing
from broadsheet.models import Post
from broadsheet.web.kinds import Kind

blueprint = Blueprint("posts", __name__, url_prefix="/posts", url_defaults={"kind": Post})
writing.put_on(blueprint)


@blueprint.get("")
def index(kind: Kind) -> ResponseReturnValue:
    return selections.page(kind)
