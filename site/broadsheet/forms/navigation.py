"""The form of the navigation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField

from broadsheet.forms.link_rows import MOST_LINKS, MenuRow, from_rows


class NavigationForm(FlaskForm):
    links = FieldList(FormField(MenuRow), _l("Links"), max_entries=MOST_LINKS)

    def changes(self) -> dict[str, Any]:
        """What `Site.change` takes."""
        return {"navigation": from_rows(self.links)}
