"""The site's own pages, each at its slug."""

from flask import Blueprint, render_template
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.models import Page

blueprint = Blueprint("pages", __name__)


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    page = db.one_or_404(Page.visible_to(current_user).where(Page.slug == slug))
    return render_template("pages/show.html", page=page)
