"""How the site looks to its readers; a look can be seen on the front page before it is saved."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.extensions import db
from broadsheet.forms.appearance import COLOUR, AppearanceForm
from broadsheet.lib import colour
from broadsheet.web.appearance import look_of, signed_look
from broadsheet.web.current_site import site

blueprint = Blueprint("appearance", __name__, url_prefix="/appearance")


@blueprint.get("")
def edit() -> str:
    """With what is stored, or with a look that was tried and not saved yet."""
    return page(AppearanceForm(look_of(request.args.get("look", ""))))


@blueprint.post("")
def update() -> ResponseReturnValue:
    form = AppearanceForm()
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
    form = AppearanceForm()
    if not form.validate():
        return page(form), 422
    return redirect(url_for("home.index", look=signed_look(form.look)), 303)


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
