"""Links that people type into rows, a label and an address each: in the navigation, in the footer."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange, Optional

from broadsheet.forms.fields import filled, no_control
from broadsheet.lib.links import is_outward_link, is_path
from broadsheet.web.fields import AtMost, line

LABEL_LENGTH = 60
ADDRESS_LENGTH = 500
MOST_LINKS = 30
SPARE_ROWS = 2
LAST = 1000  # where a row without a number goes


class LinkRow(Form):
    """One link to elsewhere. An empty row, or one ticked for removal, is no error."""

    position = IntegerField(_l("Place"), [Optional(), NumberRange(0, LAST - 1)])
    label = StringField(
        _l("Label"),
        [filled(_l("The label is missing.")), no_control, AtMost(LABEL_LENGTH)],
        [line],
    )
    url = StringField(_l("Address"), [filled(_l("The address is missing.")), AtMost(ADDRESS_LENGTH)], [line])
    remove = BooleanField(_l("Remove"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        return self.is_dropped or bool(super().validate(*args, **kwargs))

    def validate_url(self, field: StringField) -> None:
        if not is_outward_link(field.data):
            raise ValidationError(
                _("Write a whole address, as in https://example.org or mailto:me@example.org.")
            )

    @property
    def is_dropped(self) -> bool:
        return bool(self.remove.data or not (self.label.data or self.url.data))


class MenuRow(LinkRow):
    """The same, but the address may also be a path of this site."""

    def validate_url(self, field: StringField) -> None:
        if not is_path(field.data) and not is_outward_link(field.data):
            raise ValidationError(
                _("Write a path of this site, such as /about, or a whole address with https://.")
            )


def as_rows(links: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """What a form shows: the links, numbered, and empty rows for new ones as long as there may be more."""
    rows: list[dict[str, Any]] = [{"position": number, **link} for number, link in enumerate(links, 1)]
    return rows + [{}] * min(SPARE_ROWS, max(0, MOST_LINKS - len(rows)))


def from_rows(rows: Iterable[Any]) -> list[dict[str, str]]:
    """What is stored: the rows that stay, by their number."""
    kept = [row.form for row in rows if not row.form.is_dropped]
    kept.sort(key=lambda row: LAST if row.position.data is None else row.position.data)
    return [{"label": row.label.data, "url": row.url.data} for row in kept]
