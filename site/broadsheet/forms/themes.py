"""The form in which a theme is chosen."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from broadsheet.lib import clock
from broadsheet.web import themes
from broadsheet.web.fields import line


class ThemeForm(FlaskForm):
    theme = HiddenField(_l("Theme"), [], [line])  # chosen by a button of each

    def validate_theme(self, field: HiddenField) -> None:
        usable = (theme.name for theme in themes.installed() if theme.is_usable)
        if field.data and field.data not in usable:
            raise ValidationError(_("That theme cannot be used as it is."))

    def changes(self) -> dict[str, Any]:
        """What `Site.change` takes. Left empty, it is the built-in look; either is read as it is now."""
        return {"theme": self.theme.data, "theme_since": clock.now().timestamp()}
