"""One's own e-mail address: another is asked for, confirmed from there, and taken back from the old one."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select
from wtforms import StringField, ValidationError

from broadsheet import mail
from broadsheet.blueprints.account.password import reset_token
from broadsheet.extensions import db, limiter
from broadsheet.forms import account as fields
from broadsheet.lib import tokens
from broadsheet.models import EmailChange, User
from broadsheet.models.email_change import TIME_TO_UNDO
from broadsheet.web import attempts, limits
from broadsheet.web.public_address import public_url


class EmailForm(FlaskForm):
    # Whether somebody else has it is not said here: the owner of the mailbox learns it, and nobody else.
    email = fields.any_email(_("New e-mail address"))

    def validate_email(self, field: StringField) -> None:
        if field.data == current_user.email:
            raise ValidationError(_("This is your address already."))


def email() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    form = EmailForm()
    if not form.validate_on_submit():
        return page(person, form), 422 if form.errors else 200
    if limits.count(attempts.EMAIL_CHANGES, *attempts.key_of_email_changes(person)):
        form.form_errors.append(_("Too many mails. Try again tomorrow."))
        return page(person, form), 429
    token = tokens.new_token()
    url = public_url("account.confirm_email", token=token)
    EmailChange.ask(person, form.email.data, token=token, url=url)
    db.session.commit()
    return redirect(url_for("account.email"), 303)


def withdraw() -> ResponseReturnValue:
    EmailChange.withdraw(current_user)
    db.session.commit()
    flash(_("The link works no more, and your address stays as it is."), "success")
    return redirect(url_for("account.email"), 303)


@limiter.limit("60 per hour")
def confirm(token: str) -> ResponseReturnValue:
    """Takes both, the mailbox and the session: a slip in the address gives the account to no stranger."""
    change = held(EmailChange.awaited(current_user).where(EmailChange.token_hash == tokens.digest(token)))
    if change is None or User.has_taken(change.email, but=change.user):
        return render_template("account/email_over.html", is_taken=change is not None), 410
    if not FlaskForm().validate_on_submit():
        return render_template("account/confirm_email.html", change=change)
    undo_token = tokens.new_token()
    email = change.email
    change.confirm(undo_token=undo_token, undo_url=public_url("account.undo_email", token=undo_token))
    db.session.commit()
    # A lazy text counts as HTML, so none may hold an address.
    flash(gettext("Your e-mail address is %(email)s now.", email=email), "success")
    return redirect(url_for("account.email"), 303)


@limiter.limit("60 per hour")
def undo(token: str) -> ResponseReturnValue:
    """By the mailbox alone: somebody else has the session, and perhaps the password."""
    change = held(EmailChange.undone_by(token))
    if change is None or not change.user.is_active or User.has_taken(change.former or "", but=change.user):
        return render_template("account/email_over.html", is_taken=False), 410
    if not FlaskForm().validate_on_submit():
        return render_template("account/undo_email.html", change=change)
    user = change.user
    change.undo()
    db.session.commit()
    flash(_("Your old address is back, and all browsers were signed out. Now set a new password."), "success")
    return redirect(url_for("account.reset", token=reset_token(user)), 303)


def held(query: Select[EmailChange]) -> EmailChange | None:
    """Locked, the person first as by a new password: two changes at once wait for each other in one order."""
    return db.session.scalar(query.join(EmailChange.user).with_for_update(of=(User, EmailChange)))


def page(person: User, form: EmailForm) -> str:
    return render_template(
        "account/email.html",
        form=form,
        user=person,
        awaited=db.session.scalar(EmailChange.awaited(person)),
        undoable=db.session.scalar(EmailChange.undoable(person)),
        sends_mail=mail.is_set_up(),
        days=TIME_TO_UNDO.days,
    )
