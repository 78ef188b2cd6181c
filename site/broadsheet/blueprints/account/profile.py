"""One's own profile: what readers see of a person."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, Form, FormField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from broadsheet import media
from broadsheet.blueprints.account import fields
from broadsheet.extensions import db
from broadsheet.lib.links import is_outward_link
from broadsheet.models import Upload, User
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
    name = fields.name()
    bio = TextAreaField(
        _("About you"),
        [AtMost(10_000)],
        filters=[paragraphs],
        description=_("A few sentences, in Markdown if you like. They stand on your page."),
    )
    links = FieldList(FormField(LinkForm), _("Links"), min_entries=LINKS, max_entries=LINKS)
    timezone = fields.timezone()
    avatar = FileField(
        _("Picture"),
        description=_("A square one looks best."),
        render_kw={"accept": "image/*"},
    )
    remove_avatar = BooleanField(_("Remove the present picture"))


def profile() -> ResponseReturnValue:
    user: User = current_user._get_current_object()
    form = ProfileForm(data=present(user))
    if not form.validate_on_submit() or not take_avatar(form, user):
        return render_template("account/profile.html", form=form, user=user), 422 if form.errors else 200
    links = [(link.form.label.data, link.form.url.data) for link in form.links]
    user.describe(
        name=form.name.data, bio=form.bio.data, links=tidy_links(links), timezone=form.timezone.data
    )
    db.session.commit()
    flash(_("Your profile is saved."), "success")
    return redirect(url_for("account.profile"), 303)


def present(user: User) -> dict[str, Any]:
    return {"name": user.name, "bio": user.bio, "links": user.links, "timezone": user.timezone or "UTC"}


def take_avatar(form: ProfileForm, user: User) -> bool:
    if form.avatar.data:
        try:
            user.avatar = picture(form, user)
        except media.Refused as refused:
            form.avatar.errors = [refused.message]
            return False
    elif form.remove_avatar.data:
        user.avatar = None
    return True


def picture(form: ProfileForm, user: User) -> Upload:
    file = form.avatar.data
    db.session.commit()  # lets go of the writers' lock while the picture is worked on
    with media.received(file.stream, only_pictures=True) as sent:
        return media.keep(media.prepare(sent, file.filename or ""), by=user)
