"""Replacements: another file in the place of an upload, in every text that shows it; and taken back."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.forms.keeping import own, put_in_place, take_back
from broadsheet.models import Upload
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("replacements", __name__, url_prefix="/uploads/<int:id>/replacement")


class ReplacementForm(FlaskForm):
    file = FileField(_l("New file"), [FileRequired(_l("Choose a file first."))])


@blueprint.post("")
def create(id: int) -> ResponseReturnValue:
    upload = own(id)
    form = ReplacementForm()
    if not form.validate():
        flash(str(form.file.errors[0]), "error")
        return back_to(upload)
    try:
        upload = put_in_place(upload, form.file.data.stream)
    except media.Refused as refusal:
        db.session.rollback()
        flash(_("It was not replaced. %(reason)s", reason=refusal.message), "error")
        return back_to(own(id))
    db.session.commit()
    flash_with_undo(
        _("It is replaced. The texts that show it follow in a moment."),
        url_for("desk.replacements.destroy", id=id),
    )
    return back_to(upload)


@blueprint.post("/delete")
def destroy(id: int) -> ResponseReturnValue:
    upload = own(id)
    try:
        take_back(upload, upload.last_replaced())
    except media.Refused as refusal:
        flash(str(refusal.message), "error")
        return back_to(upload)
    db.session.commit()
    flash_with_undo(_("The former file is back."), url_for("desk.replacements.destroy", id=id))
    return back_to(upload)


def back_to(upload: Upload) -> ResponseReturnValue:
    return redirect(url_for("desk.uploads.edit", id=upload.id), 303)
