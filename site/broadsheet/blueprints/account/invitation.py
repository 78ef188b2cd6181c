"""Becoming a member by the link of an invitation, as a new person or under a byline that is here already."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from wtforms import StringField

from broadsheet.extensions import db, limiter
from broadsheet.forms import account as fields
from broadsheet.models import Invitation, User
from broadsheet.models.event import introduced
from broadsheet.web import sessions


class InvitationForm(FlaskForm):
    name = fields.name()
    username = fields.username(required=True)
    password = fields.new_password(_("Password"))
    timezone = fields.timezone()

    def __init__(self, invitation: Invitation) -> None:
        self.invitation = invitation
        if invitation.user:
            super().__init__(name=invitation.user.name)
            del self.username
        else:
            super().__init__(username=User.free_username(invitation.email.partition("@")[0]))

    def validate_password(self, field: StringField) -> None:
        byline = self.invitation.user
        username = byline.username if byline else self.username.data
        fields.refuse_guessable(field, self.name.data, username, self.invitation.email)

    @property
    def particulars(self) -> dict[str, Any]:
        """What `Invitation.accept` takes."""
        names = ("name", "username", "password", "timezone")
        return {name: self[name].data for name in names if name in self}


@limiter.limit("60 per hour")
def invitation(token: str) -> ResponseReturnValue:
    invitation = db.session.scalar(Invitation.with_token(token).with_for_update())
    if invitation is None:
        return render_template("account/invitation_over.html"), 410
    if User.has_taken(invitation.email):
        return render_template("account/invitation_over.html", has_account=True), 410
    form = InvitationForm(invitation)
    if not form.validate_on_submit():
        return page(form), 422 if form.errors else 200
    try:
        with introduced(form.name.data):
            user = invitation.accept(**form.particulars)
        sessions.sign_in(user)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.form_errors.append(_("Somebody took this username or address in this moment. Look again."))
        return page(form), 422
    # A lazy text counts as HTML, so none may hold a name.
    flash(gettext("Welcome, %(name)s! Your account is ready.", name=user.name), "success")
    return redirect(url_for(sessions.landing(user)), 303)


def page(form: InvitationForm) -> str:
    return render_template("account/invitation.html", form=form, invitation=form.invitation)
