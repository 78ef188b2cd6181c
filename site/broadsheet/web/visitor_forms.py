"""Forms that visitors send. A visitor has no cookie, so such a form has no CSRF token: it must come from one
of our own pages (web/origin.py), and not too often.

What gives a program away (a field that people never meet, a form filled in within two seconds) refuses
nobody: it is a sign for the spam filter, and whoever was wronged by it is found in the desk's spam.
"""

from datetime import timedelta

from flask import Response
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import Length

from broadsheet.extensions import limiter
from broadsheet.lib import clock
from broadsheet.sealing import secret_keys
from broadsheet.web.fields import Address, Required, line
from broadsheet.web.limits import until

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
        is_right = bool(super().validate(extra_validators))
        if not is_right:
            self._empty_the_trap()
        return is_right

    def ask_to_wait(self) -> None:
        """Says that the limit was met, and for how long."""
        self._empty_the_trap()
        limit = limiter.current_limit
        minutes = -(-until(limit.reset_at) // 60) if limit else 60
        self.form_errors.append(
            ngettext(
                "You have sent several already. Nothing is lost: please send this again in %(num)d minute.",
                "You have sent several already. Nothing is lost: please send this again in %(num)d minutes.",
                minutes,
            )
        )

    @property
    def circumstances(self) -> tuple[str, ...]:
        """What the way in which it was sent tells the spam filter, see lib/spam/signs.py."""
        found = ["trap"] if self.website.data else []
        age = self._age()
        if age is None:
            found.append("unopened")
        elif age < QUICKEST:
            found.append("quick")
        elif age > SLOWEST:
            found.append("stale")
        return tuple(found)

    def _empty_the_trap(self) -> None:
        """In a form that comes back: it may have been a password manager, and nobody sees the field."""
        self.website.data = ""

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
