"""The form of how the site looks to its readers."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import DataRequired
from wtforms.widgets import ColorInput

from broadsheet.extensions import db
from broadsheet.forms.fields import PictureField
from broadsheet.models.setting import LOOK, SITE_PICTURES
from broadsheet.models.upload import Upload
from broadsheet.web.current_site import site

COLOUR = re.compile(r"#[0-9a-f]{6}")
PLAIN = tuple(name for name in LOOK if name not in SITE_PICTURES)

TYPEFACES = {"serif": _l("A serif, as in print"), "sans": _l("A sans serif")}
HEADERS = {
    "centred": _l("Large and centred"),
    "left": _l("Large, at the side where lines begin"),
    "compact": _l("One low line: title and sections"),
}
COLUMNS = {0: _l("As many as fit"), 1: _l("One"), 2: _l("Two"), 3: _l("Three"), 4: _l("Four")}


class AppearanceForm(FlaskForm):
    accent = StringField(
        _l("Accent colour"),
        [DataRequired(_l("Choose a colour."))],
        filters=[lambda value: (value or "").strip().lower()],
        widget=ColorInput(),
        description=_l(
            "For labels and links. On light and dark pages it is shaded until it can be read well."
        ),
    )
    typeface = SelectField(_l("Type to read"), [DataRequired()], choices=lambda: list(TYPEFACES.items()))
    header = SelectField(_l("Top of each page"), [DataRequired()], choices=lambda: list(HEADERS.items()))
    columns = SelectField(
        _l("Columns of the home page"),
        choices=lambda: list(COLUMNS.items()),
        coerce=int,
        description=_l("At most; a narrow window shows fewer."),
    )
    logo = PictureField(
        _l("Logo"),
        description=_l(
            "In the place of the title on top of each page. Its description in the library is read out; "
            "without one it is the title."
        ),
    )
    logo_dark = PictureField(
        _l("Logo on dark pages"), description=_l("Left empty, the same logo stands on both.")
    )
    icon = PictureField(
        _l("Picture of the site"),
        description=_l(
            "In the tabs of browsers, on the home screens of telephones and in search results: square, "
            "512 pixels or more. Of another shape, it is shown whole, smaller, with empty sides."
        ),
    )

    def __init__(self, look: dict[str, Any] | None = None, **options: Any) -> None:
        """Of a look that is tried, or of the stored one."""
        super().__init__(data=fields(look or stored()), **options)

    def validate_accent(self, field: StringField) -> None:
        if not COLOUR.fullmatch(field.data):
            raise ValidationError(_("Write the colour as # and six digits, such as #9b2a20."))

    def validate_icon(self, field: PictureField) -> None:
        if field.data is not None and field.data.ending == "svg":
            raise ValidationError(
                _("Take a PNG, JPEG, WebP or AVIF: telephones want sizes that cannot be made of a drawing.")
            )

    @property
    def look(self) -> dict[str, Any]:
        """What `Site.change` takes."""
        chosen = {name: self[name.removesuffix("_id")].data for name in SITE_PICTURES}
        return {name: self[name].data for name in PLAIN} | {
            name: upload.id if upload else None for name, upload in chosen.items()
        }


def stored() -> dict[str, Any]:
    return {name: getattr(site, name) for name in LOOK}


def fields(look: dict[str, Any]) -> dict[str, Any]:
    """As the form has them: uploads where the look names their ids."""
    ids = [look[name] for name in SITE_PICTURES if look[name]]
    uploads = {one.id: one for one in db.session.scalars(db.select(Upload).where(Upload.id.in_(ids)))}
    return {name: look[name] for name in PLAIN} | {
        name.removesuffix("_id"): uploads.get(look[name]) for name in SITE_PICTURES
    }
