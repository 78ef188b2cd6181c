"""The site's settings: what its owner changes from day to day."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.forms.settings import SettingsForm
from broadsheet.web.current_site import site

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
def edit() -> str:
    return page(SettingsForm())


@blueprint.post("")
def update() -> ResponseReturnValue:
    form = SettingsForm()
    if not form.validate():
        return page(form), 422
    site.change(**form.changes())
    db.session.commit()
    flash(_("The settings are saved."), "success")
    return redirect(url_for("desk.settings.edit"), 303)


def page(form: SettingsForm) -> str:
    return render_template("desk/settings/edit.html", form=form)
