"""The form of a note on a draft."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from broadsheet.forms.fields import no_control
from broadsheet.models.note import BODY_LENGTH, QUOTE_LENGTH
from broadsheet.web.fields import AtMost, Required, line, paragraphs


class NoteForm(FlaskForm):
    note = TextAreaField(_l("Note"), [Required(), no_control, AtMost(BODY_LENGTH)], [paragraphs])
    quote = StringField(
        _l("About these words"),
        [no_control, AtMost(QUOTE_LENGTH)],
        [line],
        description=_l("Copied from the text, if the note is about a passage."),
    )
