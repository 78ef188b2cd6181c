"""The form in which an upload is described."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from broadsheet.forms.fields import no_control
from broadsheet.models import Upload
from broadsheet.web.fields import AtMost, line


class DescriptionForm(FlaskForm):
    alt = TextAreaField(
        _l("Description"),
        [no_control, AtMost(1000)],
        [line],
        description=_l("What it shows, for those who do not see it. A text that uses it may say it anew."),
    )

    def __init__(self, upload: Upload | None = None, **options: Any) -> None:
        super().__init__(obj=upload, **options)
