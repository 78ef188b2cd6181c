"""Becoming a member by the link of an invitation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from wtforms import StringField

from broadsheet.blueprints.account import fields
from broadsheet.extensions import db, limiter
from broadsheet.models import Invitation, User
from broadsheet.web import sessions


class InvitationForm(FlaskForm):
    name = fields.name()
    username = fields.username(required=True)
    password = fields.new_password(_("Password"))
    timezone = fields.timezone()

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(username=User.free_username(invitation.email.partition("@")[0]))
        self.invitation = invitation

    def validate_password(self, field: StringField) -> None:
        fields.refuse_guessable(field, self.name.data, self.username.data, self.invitation.email)


@limiter.limit("60 per hour")
def invitation(token: str) -> ResponseReturnValue:
    invitation = db.session.scalar(Invitation.with_token(token).with_for_update())
    if invitation is None:
        return render_template("account/invitation_over.html"), 410
    if User.has_taken(invitation.email):
        return render_template("account/invitation_over.html", has_account=True), 410
    form = InvitationForm(invitation)
    if not form.validate_on_submit():
        page = render_template("account/invitation.html", form=form, invitation=invitation)
        return page, 422 if form.errors else 200
    try:
        user = invitation.accept(
            name=form.name.data,
            username=form.username.data,
            password=form.password.data,
            timezone=form.timezone.data,
        )
        sessions.sign_in(user)
        db.session.commit()
    except IntegrityError:  # somebody took the username in this moment
        db.session.rollback()
        form.username.errors = [_("Somebody has this username already.")]
        return render_template("account/invitation.html", form=form, invitation=invitation), 422
    flash(_("Welcome, %(name)s! Your account is ready.", name=user.name), "success")
    return redirect(url_for(sessions.landing(user)), 303)
