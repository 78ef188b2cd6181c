"""The form in which somebody is invited."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import EmailField, RadioField, StringField, ValidationError
from wtforms.validators import DataRequired

from broadsheet.forms.roles import role_choices
from broadsheet.lib import tokens
from broadsheet.models import Invitation, Role, User
from broadsheet.web.fields import Address, AtMost, Required, line
from broadsheet.web.own_password import OwnPasswordForm, own_password
from broadsheet.web.public_address import public_url


class InvitationForm(OwnPasswordForm):
    email = EmailField(_l("E-mail address"), [Required(), AtMost(254), Address()], [line, str.lower])
    role = RadioField(
        _l("Role"),
        [DataRequired()],
        choices=role_choices,
        coerce=Role,
        default=Role.AUTHOR,
        description=_l("You can change it later."),
    )
    own_password = own_password(_l("Whoever follows the link comes in with this role."))

    def validate_email(self, field: StringField) -> None:
        if User.has_taken(field.data):
            raise ValidationError(_("Somebody with this address is here already."))

    def invite(self, byline: User | None = None) -> tuple[Invitation, str]:
        """What a valid form says, and the link, which can be told only now: its digest alone is stored."""
        token = tokens.new_token()
        link = public_url("account.invitation", token=token)
        invitation = Invitation.create(
            email=self.email.data,
            role=self.role.data,
            by=current_user._get_current_object(),
            token=token,
            url=link,
            byline=byline,
        )
        return invitation, link
