"""The form of the navigation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField

from broadsheet.forms.link_rows import MOST_LINKS, MenuRow, as_rows, from_rows
from broadsheet.web.current_site import site


class NavigationForm(FlaskForm):
    links = FieldList(FormField(MenuRow), _l("Links"), max_entries=MOST_LINKS)

    def __init__(self, **options: Any) -> None:
        super().__init__(data={"links": as_rows(site.navigation)}, **options)

    def changes(self) -> dict[str, Any]:
        """What `Site.change` takes."""
        return {"navigation": from_rows(self.links)}
