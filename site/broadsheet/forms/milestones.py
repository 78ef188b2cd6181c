"""The form of a milestone."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from broadsheet.forms.fields import no_control
from broadsheet.models.revision import NAME_LENGTH
from broadsheet.web.fields import AtMost, Required, line


class MilestoneForm(FlaskForm):
    name = StringField(_l("Name of this milestone"), [Required(), no_control, AtMost(NAME_LENGTH)], [line])
