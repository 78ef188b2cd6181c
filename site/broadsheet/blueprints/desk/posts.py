"""Posts at the desk: the list. Writing them is like writing pages, see writing.py."""

from flask import Blueprint, render_template
from flask_login import current_user

from broadsheet.blueprints.desk import writing
from broadsheet.blueprints.desk.kinds import Kind
from broadsheet.blueprints.desk.listing import Listing
from broadsheet.extensions import db
from broadsheet.models import Ability, Post, User

blueprint = Blueprint("posts", __name__, url_prefix="/posts", url_defaults={"kind": Post})
writing.put_on(blueprint)


@blueprint.get("")
def index(kind: Kind) -> str:
    listing = Listing(kind)
    authors: list[User] = []
    if current_user.can(Ability.EDIT_ALL_POSTS):
        authors = list(db.session.scalars(User.with_posts()))
    return render_template("desk/posts/index.html", listing=listing, authors=authors)
