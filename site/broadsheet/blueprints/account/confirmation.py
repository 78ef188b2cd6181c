"""Who it is, once more: before what a stranger at an open screen must not be able to do."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField

from broadsheet.blueprints.account.entering import wanted_page
from broadsheet.extensions import db
from broadsheet.forms import account as fields
from broadsheet.web import own_password, sessions


class ConfirmationForm(FlaskForm):
    password = fields.current_password(_("Password"))

    def validate_password(self, field: StringField) -> None:
        own_password.check(field)


def confirmation() -> ResponseReturnValue:
    onward = wanted_page(url_for("account.second_factors"))
    form = ConfirmationForm()
    if not form.validate_on_submit():
        page = render_template(
            "account/confirmation.html", form=form, onward=onward, factors=current_user.factors
        )
        return page, 422 if form.errors else 200
    sessions.confirm()
    db.session.commit()
    return redirect(onward, 303)
