"""Pages at the desk: the list. Writing them is like writing posts, see writing.py."""

from flask import Blueprint, render_template

from broadsheet.blueprints.desk import writing
from broadsheet.blueprints.desk.kinds import Kind
from broadsheet.blueprints.desk.listing import Listing
from broadsheet.models import Page

blueprint = Blueprint("pages", __name__, url_prefix="/pages", url_defaults={"kind": Page})
writing.put_on(blueprint)


@blueprint.get("")
def index(kind: Kind) -> str:
    return render_template("desk/pages/index.html", listing=Listing(kind))
