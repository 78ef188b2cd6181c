"""The navigation: the sections under the masthead, in the order of their numbers."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField

from broadsheet.blueprints.desk.link_rows import MOST_LINKS, MenuRow, as_rows, from_rows
from broadsheet.extensions import db
from broadsheet.web.current_site import site

blueprint = Blueprint("navigation", __name__, url_prefix="/navigation")


class NavigationForm(FlaskForm):
    links = FieldList(FormField(MenuRow), _l("Links"), max_entries=MOST_LINKS)


@blueprint.get("")
def edit() -> str:
    form = NavigationForm(data={"links": as_rows(site.navigation)})
    return render_template("desk/navigation/edit.html", form=form)


@blueprint.post("")
def update() -> ResponseReturnValue:
    form = NavigationForm()
    if not form.validate():
        return render_template("desk/navigation/edit.html", form=form), 422
    site.change(navigation=from_rows(form.links))
    db.session.commit()
    flash(_("The navigation is saved."), "success")
    return redirect(url_for("desk.navigation.edit"), 303)
