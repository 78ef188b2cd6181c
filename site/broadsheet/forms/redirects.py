"""The form of a redirect."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError

from broadsheet.forms.fields import filled, no_control
from broadsheet.lib.links import is_path
from broadsheet.models.alias import PATH_LENGTH, normalised
from broadsheet.web.fields import AtMost, line
from broadsheet.web.whereabouts import Standing, standing_itself, subject_at


class RedirectForm(FlaskForm):
    path = StringField(
        _l("From"),
        [filled(_l("The address is missing.")), no_control, AtMost(PATH_LENGTH)],
        [line],
        description=_l("A path of this site at which nothing stands, such as /old-page."),
    )
    target = StringField(
        _l("To"),
        [filled(_l("The address is missing.")), no_control, AtMost(PATH_LENGTH)],
        [line],
        description=_l("The address of a post, page, tag or series, such as /about or /post/7."),
    )

    def validate_path(self, field: Field) -> None:
        if not is_path(field.data) or normalised(field.data) == "/":
            raise ValidationError(_("Write a path of this site, such as /old-page."))
        if standing_itself(normalised(field.data)) is not Standing.NOTHING:
            raise ValidationError(_("Something stands there itself, so it would never redirect."))

    def validate_target(self, field: Field) -> None:
        if subject_at(field.data) is None:
            raise ValidationError(_("No post, page, tag or series stands there."))
