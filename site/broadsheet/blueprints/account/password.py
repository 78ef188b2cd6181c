"""Passwords: changing one's own, and setting a forgotten one anew by a link."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import StringField
from wtforms.validators import Length

from broadsheet.blueprints.account.tokens import still_there
from broadsheet.database import reading
from broadsheet.extensions import db, limiter
from broadsheet.forms import account as fields
from broadsheet.models import User
from broadsheet.web import attempts, limits, own_password, second_step, sessions
from broadsheet.web.fields import Required, line
from broadsheet.web.public_address import public_url
from broadsheet.web.signing import signer

LINK_SECONDS = 3600
ANSWER_SECONDS = 0.3  # more than the mail takes: how long the answer took must not tell whether there was one


class ForgotForm(FlaskForm):
    email = StringField(
        _("E-mail address or username"),
        [Required(), Length(max=254)],
        filters=[line],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )


class ResetForm(FlaskForm):
    new_password = fields.new_password(_("New password"))

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def validate_new_password(self, field: StringField) -> None:
        fields.refuse_guessable(field, self.user.name, self.user.email, self.user.username)


class PasswordForm(ResetForm):
    password = fields.current_password(_("Current password"))

    def validate_password(self, field: StringField) -> None:
        own_password.check(field)


@limiter.limit("20 per hour", methods=["POST"])
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        sent = "sent" in request.args and not form.errors
        return render_template("account/forgot.html", form=form, sent=sent), 422 if form.errors else 200
    with lasting(ANSWER_SECONDS):
        send_link(form.email.data)
    return redirect(url_for("account.forgot", sent=1), 303)


def reset(token: str) -> ResponseReturnValue:
    user = owner_of(token)
    if user is None:
        return render_template("account/reset_over.html"), 410
    form = ResetForm(user)
    if not form.validate_on_submit():
        return render_template("account/reset.html", form=form, user=user), 422 if form.errors else 200
    user.set_password(form.new_password.data)
    if user.factors:  # who has the mailbox alone does not get in
        second_step.begin(user, "")
        db.session.commit()
        flash(_("Your new password is set. Other browsers were signed out."), "success")
        tell_of_tokens(user)
        return redirect(url_for("account.second_step"), 303)
    sessions.sign_in(user)
    db.session.commit()
    flash(_("Your new password is set, and you are signed in. Other browsers were signed out."), "success")
    tell_of_tokens(user)
    return redirect(url_for(sessions.landing(user)), 303)


def password() -> ResponseReturnValue:
    form = PasswordForm(current_user)
    if not form.validate_on_submit():
        page = render_template("account/password.html", form=form, tokens=still_there(current_user))
        return page, 422 if form.errors else 200
    user = current_user._get_current_object()
    has_proved = g.user_session.second_factor
    user.set_password(form.new_password.data)
    sessions.sign_in(user, second_factor=has_proved)
    db.session.commit()
    flash(_("Your new password is set. Other browsers were signed out."), "success")
    return redirect(url_for("account.password"), 303)


def tell_of_tokens(user: User) -> None:
    if words := still_there(user):
        flash(words, "warning")


def send_link(name: str) -> None:
    with reading():
        user = db.session.scalar(User.known_as(name))
        db.session.commit()
    if user is None or not user.is_active or not user.email:
        return
    if limits.count(attempts.RESET_MAILS, *attempts.key_of_reset_mail(user)):
        return
    user.forget_password(public_url("account.reset", token=reset_token(user)))
    db.session.commit()


def reset_token(user: User) -> str:
    return str(_signer().dumps([user.id, user.reset_mark]))


def owner_of(token: str) -> User | None:
    """Whose link it is. Used once it is void, for it carries a mark of the password it replaces,
    and so it is with another address: it went to the former one."""
    try:
        id, mark = _signer().loads(token, max_age=LINK_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    user = db.session.scalar(User.with_login().where(User.id == id).with_for_update())
    return user if user is not None and user.is_active and user.reset_mark == mark else None


@contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """Takes that long, however much is done inside."""
    begun = time.monotonic()
    yield
    time.sleep(max(0.0, seconds - (time.monotonic() - begun)))


def _signer() -> URLSafeTimedSerializer:
    return signer("password reset")
