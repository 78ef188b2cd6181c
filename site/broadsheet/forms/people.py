"""The form in which an admin changes a person."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import EmailField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from broadsheet.forms.fields import no_control
from broadsheet.forms.roles import role_choices
from broadsheet.models import Role, User
from broadsheet.web.fields import Address, AtMost, Required, line, lines
from broadsheet.web.own_password import OwnPasswordForm, own_password

ONLY_ADMIN = _l("This is the only admin. Make somebody else one first.")


class PersonForm(OwnPasswordForm):
    name = StringField(_l("Name"), [Required(), no_control, AtMost(120)], [line])
    email = EmailField(
        _l("E-mail address"),
        [Required(), AtMost(254), Address()],
        [line, str.lower],
        description=_l("For signing in, and for a forgotten password."),
    )
    role = RadioField(_l("Role"), [DataRequired()], choices=role_choices, coerce=Role)
    bio = TextAreaField(
        _l("About"),
        [no_control, AtMost(10_000)],
        [lines],
        description=_l("Stands on the person's page. Markdown."),
    )

    own_password = own_password(_l("Only if you change the e-mail address or the role: both open doors."))

    def __init__(self, person: User, **options: Any) -> None:
        super().__init__(obj=person, **options)
        self.person = person
        # Who cannot sign in has no use for an address and no rights. One's own address is changed at
        # /account/email, where it needs its mailbox and can be taken back.
        if not has_doors(person):
            del self.email, self.role, self.own_password

    def validate_email(self, field: StringField) -> None:
        if User.has_taken(field.data, but=self.person):
            raise ValidationError(_("Somebody else has this address."))

    def needs_own_password(self) -> bool:
        has_other_role = self.role is not None and self.role.data != self.person.role
        return has_other_role or self.email.data != self.person.email

    def validate_role(self, field: RadioField) -> None:
        if field.data != Role.ADMIN and self.person.is_last_admin:
            raise ValidationError(ONLY_ADMIN)

    def store(self) -> None:
        """What a valid form says."""
        person = self.person
        if self.email:
            person.change_email(self.email.data)
        person.describe(name=self.name.data, bio=self.bio.data, links=person.links, timezone=person.timezone)
        if self.role:
            person.give_role(self.role.data)


class RemovalForm(OwnPasswordForm):
    """Of somebody's second factors; the desk asks for the password at a page of its own (web/access.py)."""

    own_password = own_password("")


def has_doors(person: User) -> bool:
    """Whether address and role of this person are set here."""
    return not (person.is_byline or is_oneself(person))


def is_oneself(person: User) -> bool:
    return bool(person.id == current_user.id)
