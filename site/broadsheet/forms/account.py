"""Fields of accounts, which several forms have, each with what makes it right."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from broadsheet.lib import passwords, timezones
from broadsheet.models import User
from broadsheet.models.user import USERNAME
from broadsheet.web.current_site import site
from broadsheet.web.fields import REQUIRED, Address, Required, line


def name() -> StringField:
    return StringField(
        _("Your name"),
        [Required(), Length(max=120)],
        filters=[line],
        description=_("As it stands above what you write."),
        render_kw={"autocomplete": "name"},
    )


def email() -> StringField:
    return any_email(_("E-mail address"), is_free_email)


def any_email(label: Any, *more: Any) -> StringField:
    return StringField(
        label,
        [Required(), Length(max=254), Address(), *more],
        filters=[line, str.lower],
        render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false"},
    )


def username(*, required: bool) -> StringField:
    return StringField(
        _("Username"),
        [Required(), is_free_username] if required else [Optional(), is_free_username],
        filters=[line, str.lower],
        description=_("For signing in, and in the address of your page: /user/username.")
        if required
        else _("Made from your name if you leave it empty."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


def current_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(REQUIRED), Length(max=passwords.MAXIMUM_LENGTH)],
        render_kw={"autocomplete": "current-password"},
    )


def new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(REQUIRED), is_long_enough],
        description=_(
            "At least %(number)d characters. A few words in a row are easy to remember and hard to guess.",
            number=passwords.MINIMUM_LENGTH,
        ),
        render_kw={"autocomplete": "new-password", "minlength": passwords.MINIMUM_LENGTH},
    )


def timezone() -> SelectField:
    return SelectField(
        _("Time zone"),
        [Required()],
        choices=timezones.names,
        default="UTC",
        description=_("In which you read times and plan publications."),
    )


# -- what makes them right


def is_long_enough(form: Any, field: PasswordField) -> None:
    if len(field.data) < passwords.MINIMUM_LENGTH:
        raise ValidationError(
            _("Too short: at least %(number)d characters.", number=passwords.MINIMUM_LENGTH)
        )
    if len(field.data) > passwords.MAXIMUM_LENGTH:
        raise ValidationError(_("Too long: at most %(number)d characters.", number=passwords.MAXIMUM_LENGTH))


def refuse_guessable(field: PasswordField, *about: str | None) -> None:
    why = passwords.why_guessable(field.data or "", site.title, *about)
    if why == "common":
        raise ValidationError(
            _(
                "Many people have this password, so it is among the first that are tried. Take a few words "
                "in a row that do not belong together."
            )
        )
    if why == "about":
        raise ValidationError(_("Too easy to guess. Take something that nobody would try first."))


def is_free_username(form: Any, field: StringField) -> None:
    if not USERNAME.fullmatch(field.data):
        raise ValidationError(
            _("Up to 40 letters a–z, digits, dots, hyphens and underscores; a letter or digit at both ends.")
        )
    if User.has_taken(field.data):
        raise ValidationError(_("Somebody has this username already."))


def is_free_email(form: Any, field: StringField) -> None:
    if User.has_taken(field.data):
        raise ValidationError(_("Somebody here has this address already."))
