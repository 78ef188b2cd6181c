"""How the site looks to its readers; a look can be seen on the front page before it is saved."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import ColorInput

from broadsheet.blueprints.desk.fields import PictureField
from broadsheet.extensions import db
from broadsheet.lib import colour
from broadsheet.models.setting import LOOK, SITE_PICTURES
from broadsheet.models.upload import Upload
from broadsheet.web.appearance import look_of, signed_look
from broadsheet.web.current_site import site

blueprint = Blueprint("appearance", __name__, url_prefix="/appearance")

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
    typeface = SelectField(_l("Type to read"), [InputRequired()], choices=lambda: list(TYPEFACES.items()))
    header = SelectField(_l("Top of each page"), [InputRequired()], choices=lambda: list(HEADERS.items()))
    columns = SelectField(
        _l("Columns of the home page"),
        [InputRequired()],
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
        chosen = {name: self[name.removesuffix("_id")].data for name in SITE_PICTURES}
        return {name: self[name].data for name in PLAIN} | {
            name: upload.id if upload else None for name, upload in chosen.items()
        }


@blueprint.get("")
def edit() -> str:
    """With what is stored, or with a look that was tried and not saved yet."""
    return page(AppearanceForm(data=fields(look_of(request.args.get("look", "")) or stored())))


@blueprint.post("")
def update() -> ResponseReturnValue:
    form = AppearanceForm(data=fields(stored()))
    if not form.validate():
        return page(form), 422
    icon, former = form.icon.data, site.icon_id
    site.change(**form.look)
    db.session.commit()
    flash(_("The appearance is saved."), "success")
    if icon and icon.id != former and icon.width != icon.height:
        flash(
            _(
                "The picture of the site is not square (%(width)d × %(height)d): it is shown whole, smaller, "
                "with empty sides. A square one fills its place.",
                width=icon.width,
                height=icon.height,
            ),
            "warning",
        )
    return redirect(url_for("desk.appearance.edit"), 303)


@blueprint.post("/trial")
def trial() -> ResponseReturnValue:
    form = AppearanceForm(data=fields(stored()))
    if not form.validate():
        return page(form), 422
    return redirect(url_for("home.index", look=signed_look(form.look)), 303)


def stored() -> dict[str, Any]:
    return {name: getattr(site, name) for name in LOOK}


def fields(look: dict[str, Any]) -> dict[str, Any]:
    """As the form has them: uploads where the look names their ids."""
    ids = [look[name] for name in SITE_PICTURES if look[name]]
    uploads = {one.id: one for one in db.session.scalars(db.select(Upload).where(Upload.id.in_(ids)))}
    return {name: look[name] for name in PLAIN} | {
        name.removesuffix("_id"): uploads.get(look[name]) for name in SITE_PICTURES
    }


def page(form: AppearanceForm) -> str:
    accent = form.accent.data if COLOUR.fullmatch(form.accent.data or "") else site.accent
    return render_template("desk/appearance/edit.html", form=form, contrasts=contrasts(accent))


def contrasts(accent: str) -> list[dict[str, Any]]:
    """How the accent is shown in each scheme, and how well it can be read there (WCAG 2.2, 1.4.3)."""
    light, dark = colour.accents(accent)
    shades = (
        (_("On light pages"), light, colour.LIGHT_GROUNDS),
        (_("On dark pages"), dark, colour.DARK_GROUNDS),
    )
    return [
        {"label": label, "colour": shade, "ratio": min(colour.contrast(shade, ground) for ground in grounds)}
        for label, shade, grounds in shades
    ]
