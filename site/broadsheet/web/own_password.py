"""The password of whoever is signed in, asked for once more."""

from flask_babel import lazy_gettext as _
from flask_login import current_user
from wtforms import PasswordField, ValidationError

from broadsheet.web import attempts, limits


def check(field: PasswordField) -> None:
    """Raises ValidationError with the words for the field."""
    key = attempts.key_of_own_password(current_user)
    if limits.count(attempts.OWN_PASSWORD, *key):
        raise ValidationError(_("Too many attempts. Try again in an hour, or set a new one by mail."))
    if not current_user.check_password(field.data or ""):
        raise ValidationError(_("This is not your password."))
    limits.forget(attempts.OWN_PASSWORD, *key)
