"""Forms that visitors send. A visitor has no cookie, so such a form has no CSRF token: it must come from one
of our own pages (web/origin.py), from somebody who took the time to type, and not too often.

Nothing that was typed is ever lost to these guards: the form comes back with it, and sending it again works.
"""

from datetime import timedelta

from flask import Response
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import Length

from broadsheet.extensions import limiter
from broadsheet.lib import clock
from broadsheet.web.fields import Address, Required, line
from broadsheet.web.limits import until
from broadsheet.web.signing import secret_keys

LIMIT = "5 per hour"
QUICKEST = timedelta(seconds=2)  # a person needs longer to fill in a form, a program does not
SLOWEST = timedelta(hours=24)


class VisitorForm(FlaskForm):
    """The base of a visitors' form; its blueprint is exempt from CSRF and calls `require_our_own_form`."""

    class Meta:
        csrf = False

    ticket = HiddenField()
    # People never meet this field. Its name is one that programs like to fill in.
    website = StringField(_("Website"))
    name = StringField(_("Your name"), [Required(), Length(max=120)], filters=[line])
    email = EmailField(_("Your e-mail address"), [Required(), Length(max=254), Address()], filters=[line])

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
        return URLSafeSerializer(secret_keys(), salt=f"ticket of {type(self).__name__}")


def was_stored(response: Response) -> bool:
    """For the limit's `deduct_when`: a form that comes back with errors does not count."""
    return response.status_code == 303
