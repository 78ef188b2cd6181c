"""The navigation: the sections under the masthead, in the order of their numbers."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.forms.navigation import NavigationForm
from broadsheet.web.current_site import site

blueprint = Blueprint("navigation", __name__, url_prefix="/navigation")


@blueprint.get("")
def edit() -> str:
    return render_template("desk/navigation/edit.html", form=NavigationForm())


@blueprint.post("")
def update() -> ResponseReturnValue:
    form = NavigationForm()
    if not form.validate():
        return render_template("desk/navigation/edit.html", form=form), 422
    site.change(**form.changes())
    db.session.commit()
    flash(_("The navigation is saved."), "success")
    return redirect(url_for("desk.navigation.edit"), 303)
