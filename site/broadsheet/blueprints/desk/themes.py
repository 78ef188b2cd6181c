"""Themes: the looks that lie in instance/themes, one of which readers see instead of the built-in."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.forms.themes import ThemeForm
from broadsheet.web import themes
from broadsheet.web.current_site import site

blueprint = Blueprint("themes", __name__, url_prefix="/themes")


@blueprint.get("")
def index() -> str:
    found = themes.installed()
    return render_template(
        "desk/themes/index.html",
        themes=found,
        is_gone=bool(site.theme) and site.theme not in [theme.name for theme in found],
        problems_in_use=themes.problems_in_use,
    )


@blueprint.post("")
def update() -> ResponseReturnValue:
    """From now on readers see it, as its files are now."""
    form = ThemeForm()
    if not form.validate():
        return refuse()
    session.pop(themes.PREVIEW, None)
    site.change(**form.changes())
    db.session.commit()
    told = _("Readers see this theme now.") if site.theme else _("Readers see the built-in look now.")
    flash(told, "success")
    return redirect(url_for("desk.themes.index"), 303)


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Shows it on the pages of the site, to this admin alone."""
    form = ThemeForm()
    if not form.theme.data or not form.validate():
        return refuse()
    session[themes.PREVIEW] = form.theme.data
    return redirect(url_for("home.index"), 303)


@blueprint.post("/preview/delete")
def end_preview() -> ResponseReturnValue:
    session.pop(themes.PREVIEW, None)
    return redirect(url_for("desk.themes.index"), 303)


def refuse() -> ResponseReturnValue:
    flash(_("That theme cannot be used as it is."), "error")
    return redirect(url_for("desk.themes.index"), 303)
