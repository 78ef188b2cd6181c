"""Forms that visitors send. A visitor has no cookie, so such a form has no CSRF token: it must come from one
of our own pages (web/origin.py), from somebody who took the time to type, and not too often.

Nothing that was typed is ever lost to these guards: the form comes back with it, and sending it again works.
"""

import unicodedata
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from flask import Response, current_app
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import Field, HiddenField, StringField
from wtforms.validators import DataRequired, ValidationError

from broadsheet.extensions import limiter
from broadsheet.lib import clock
from broadsheet.web.limits import until

LIMIT = "5 per hour"
QUICKEST = timedelta(seconds=2)  # a person needs longer to fill in a form, a program does not
SLOWEST = timedelta(hours=24)

REQUIRED = _("Please fill this in.")


class VisitorForm(FlaskForm):
    """The base of a visitors' form; its blueprint is exempt from CSRF and calls `require_our_own_form`."""

    class Meta:
        csrf = False

    ticket = HiddenField()
    # People never meet this field. Its name is one that programs like to fill in.
    website = StringField(_("Website"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.ticket.data = self.ticket.data or self._new_ticket()

    def validate(self, extra_validators: dict[str, list[object]] | None = None) -> bool:
        fields_are_right = super().validate(extra_validators)
        problem = self._problem()
        if problem and fields_are_right:  # else the form comes back anyway, and takes its time
            self.form_errors.append(problem)
        return bool(fields_are_right and not problem)

    def ask_to_wait(self) -> None:
        """Says that the limit was met, and for how long."""
        limit = limiter.current_limit
        minutes = -(-until(limit.reset_at) // 60) if limit else 60
        self.form_errors.append(
            ngettext(
                "You have sent several already. Nothing is lost: please send this again in %(num)d minute.",
                "You have sent several already. Nothing is lost: please send this again in %(num)d minutes.",
                minutes,
            )
        )

    def _problem(self) -> str:
        if self.website.data:
            # It may have been a password manager rather than a program: so no thanks, which would be a lie,
            # but the form again, with the trap emptied.
            self.website.data = ""
            return gettext("A field that must stay empty was not. It is again: please send once more.")
        age = self._age()
        if age is None or age > SLOWEST:
            self.ticket.data = self._new_ticket()
            return gettext("This form had been open for too long. Nothing is lost: please send it again.")
        if age < QUICKEST:
            return gettext("That was very quick, as if by a program. Nothing is lost: please send it again.")
        return ""

    # -- the time trap: a signed note of when the form was handed out

    def _new_ticket(self) -> str:
        return self._signer().dumps(int(clock.now().timestamp() * 1000))

    def _age(self) -> timedelta | None:
        try:
            milliseconds = self._signer().loads(self.ticket.data)
        except BadSignature:
            return None
        return timedelta(milliseconds=clock.now().timestamp() * 1000 - milliseconds)

    def _signer(self) -> URLSafeSerializer:
        keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]
        return URLSafeSerializer(keys, salt=f"ticket of {type(self).__name__}")


def was_stored(response: Response) -> bool:
    """For the limit's `deduct_when`: a form that comes back with errors does not count."""
    return response.status_code == 303


# -- what a field takes in


def line(text: str | None) -> str:
    """One line, trimmed: fit to stand in a mail's header. `""` if there is nothing to see in it."""
    return " ".join(_visible(text).split())


def paragraphs(text: str | None) -> str:
    """Lines as they were typed, without the empty ones around them. `""` if there is nothing to see in it."""
    text = _visible((text or "").replace("\r\n", "\n").replace("\r", "\n"))
    return text.rstrip().lstrip("\n")


def _visible(text: str | None) -> str:
    category = unicodedata.category
    kept = "".join(one for one in text or "" if one in "\t\n" or category(one) not in ("Cc", "Cs"))
    return kept if any(category(one)[0] not in "ZC" for one in kept) else ""


class Required(DataRequired):
    def __init__(self) -> None:
        super().__init__(REQUIRED)


class AtMost:
    """A bound that the browser is not told: it would cut off a pasted text without a word."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, form: FlaskForm, field: Field) -> None:
        excess = len(field.data or "") - self.characters
        if excess > 0:
            raise ValidationError(
                ngettext(
                    "This is %(num)d character too long.", "This is %(num)d characters too long.", excess
                )
            )


class Address:
    """An e-mail address that could be right; whether anybody reads it is not asked."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            field.data = validate_email(field.data, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(
                gettext("This does not look like an e-mail address. One looks like name@example.org.")
            ) from None
