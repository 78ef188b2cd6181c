"""The set-up: the first admin and the site's name, once, by the link that the terminal prints."""

import hmac

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import refresh
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from broadsheet.extensions import db
from broadsheet.forms import account as fields
from broadsheet.models import User
from broadsheet.models.event import introduced
from broadsheet.models.founding import found
from broadsheet.web import sessions
from broadsheet.web.current_site import site
from broadsheet.web.fields import Required, line, site_language
from broadsheet.web.setting_up import setup_token


class SetupForm(FlaskForm):
    title = StringField(
        _("Title of the site"),
        [Required(), Length(max=100)],
        filters=[line],
        description=_("Stands on top of every page. You can change it at any time."),
    )
    tagline = StringField(
        _("Tagline"),
        [Length(max=200)],
        filters=[line],
        description=_("A few words under the title."),
    )
    language = site_language()
    timezone = fields.timezone()
    name = fields.name()
    email = fields.email()
    username = fields.username(required=False)
    password = fields.new_password(_("Password"))

    def validate_password(self, field: StringField) -> None:
        fields.refuse_guessable(field, self.name.data, self.email.data, self.username.data, self.title.data)


def setup(token: str) -> ResponseReturnValue:
    if not hmac.compare_digest(token.encode(), setup_token(current_app).encode()) or User.admin_exists():
        abort(404)
    form = SetupForm(data={"language": site.language})
    if not form.validate_on_submit():
        return render_template("account/setup.html", form=form), 422 if form.errors else 200
    site.language = form.language.data  # from here on: of what is rendered, of the greeting
    refresh()
    with introduced(form.name.data):
        admin = found(
            title=form.title.data,
            tagline=form.tagline.data,
            language=form.language.data,
            timezone=form.timezone.data,
            name=form.name.data,
            email=form.email.data,
            username=form.username.data or None,
            password=form.password.data,
        )
    sessions.sign_in(admin)
    db.session.commit()
    flash(_("Welcome! Your site is ready. A first post tells you what to do next."), "success")
    return redirect(url_for(sessions.landing(admin)), 303)
