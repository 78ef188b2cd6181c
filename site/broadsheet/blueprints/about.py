"""What this site is and who is behind it: the words of the page "about"."""

from flask import Blueprint, render_template
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.models import Page
from broadsheet.web.translations import translations_of

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def show() -> str:
    page = db.one_or_404(Page.visible_to(current_user).where(Page.slug == "about"))
    return render_template("about/show.html", page=page, translations=translations_of(page))
