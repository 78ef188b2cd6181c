"""The site's own pages, each at its slug."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.models import Alias, Page
from broadsheet.web.addresses import moved
from broadsheet.web.markdown_source import source, source_address
from broadsheet.web.translations import translations_of

blueprint = Blueprint("pages", __name__)


@blueprint.get("/<slug>.md")
def markdown(slug: str) -> ResponseReturnValue:
    page = db.session.scalar(Page.visible_to(current_user).where(Page.slug == slug))
    if page is not None:
        return source(page)
    former = db.session.scalar(Alias.of(f"/{slug}"))
    if former is None or not former.target.is_published or not isinstance(former.target, Page):
        abort(404)
    return moved(source_address(former.target))


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    page = db.one_or_404(Page.visible_to(current_user).where(Page.slug == slug))
    return render_template("pages/show.html", page=page, translations=translations_of(page))
