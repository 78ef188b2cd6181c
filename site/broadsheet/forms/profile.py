"""The form of one's own profile: what readers see of a person."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, Form, FormField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from broadsheet.forms import account
from broadsheet.lib.links import is_outward_link
from broadsheet.models import User
from broadsheet.models.user import tidy_links
from broadsheet.web.fields import AtMost, line, paragraphs

LINKS = 5


class LinkForm(Form):
    label = StringField(_("Label"), [Length(max=60)], filters=[line])
    url = StringField(_("Address"), [Length(max=500)], filters=[line])

    def validate_url(self, field: StringField) -> None:
        if self.label.data and not field.data:
            raise ValidationError(_("Give the link an address."))
        if field.data and not is_outward_link(field.data):
            raise ValidationError(_("An address starts with https://, http:// or mailto:."))


class ProfileForm(FlaskForm):
    name = account.name()
    bio = TextAreaField(
        _("About you"),
        [AtMost(10_000)],
        filters=[paragraphs],
        description=_("A few sentences, in Markdown if you like. They stand on your page."),
    )
    links = FieldList(FormField(LinkForm), _("Links"), min_entries=LINKS, max_entries=LINKS)
    timezone = account.timezone()
    avatar = FileField(
        _("Picture"),
        description=_("A square one looks best."),
        render_kw={"accept": "image/*"},
    )
    remove_avatar = BooleanField(_("Remove the present picture"))

    def __init__(self, user: User, **options: Any) -> None:
        stored = {"name": user.name, "bio": user.bio, "links": user.links, "timezone": user.timezone or "UTC"}
        super().__init__(data=stored, **options)

    def changes(self) -> dict[str, Any]:
        """What `User.describe` takes."""
        links = [(link.form.label.data, link.form.url.data) for link in self.links]
        return {
            "name": self.name.data,
            "bio": self.bio.data,
            "links": tidy_links(links),
            "timezone": self.timezone.data,
        }
