"""The password of whoever is signed in, asked for once more, unless it was given a moment ago."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, ValidationError
from wtforms.validators import Length

from broadsheet.lib import passwords
from broadsheet.web import attempts, limits


class OwnPasswordForm(FlaskForm):
    """Asks for it in the field `own_password`, when `needs_own_password()`: what is wanted opens doors."""

    own_password: PasswordField | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = g.get("user_session")  # who comes with a token has none
        if session is not None and session.is_recent:
            del self.own_password

    def validate_own_password(self, field: PasswordField) -> None:
        if self.needs_own_password():
            check(field)

    def needs_own_password(self) -> bool:
        return True


def own_password(why: Any) -> PasswordField:
    """The field, with when and why it is asked for."""
    return PasswordField(
        _("Your own password"),
        [Length(max=passwords.MAXIMUM_LENGTH)],
        description=why,
        render_kw={"autocomplete": "current-password"},
    )


def check(field: PasswordField) -> None:
    """Raises ValidationError with the words for the field."""
    key = attempts.key_of_own_password(current_user)
    if field.data and limits.count(attempts.OWN_PASSWORD, *key):  # left empty, it is no attempt
        raise ValidationError(_("Too many attempts. Try again in an hour, or set a new one by mail."))
    if not field.data or not current_user.check_password(field.data):
        raise ValidationError(_("This is not your password."))
    limits.forget(attempts.OWN_PASSWORD, *key)
