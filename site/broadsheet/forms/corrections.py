"""The form of a correction."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from broadsheet.forms.fields import no_control
from broadsheet.models.correction import BODY_LENGTH
from broadsheet.web.fields import AtMost, Required, paragraphs


class CorrectionForm(FlaskForm):
    correction = TextAreaField(
        _l("What was wrong, and what is right"),
        [Required(), no_control, AtMost(BODY_LENGTH)],
        [paragraphs],
        description=_l("As in “An earlier version said 1897; it was 1879.” Links and emphasis in Markdown."),
    )
