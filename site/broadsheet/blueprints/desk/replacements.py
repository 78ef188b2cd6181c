"""Replacements: another file in the place of an upload, in every text that shows it; and taken back."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from broadsheet import media
from broadsheet.extensions import db
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
    sort, name = upload.sort, upload.name
    db.session.commit()  # lets go of the writers' lock while the file is worked on
    try:
        with media.received(form.file.data.stream) as sent:
            if known := media.known(sent):
                raise kept_already(known)
            db.session.commit()
            prepared = media.prepare(sent, name)
            upload = own(id)
            columns = media.put_in_place(prepared, sort)
    except media.Refused as refusal:
        db.session.rollback()
        flash(_("It was not replaced. %(reason)s", reason=refusal.message), "error")
        return back_to(own(id))
    upload.replace(**columns)
    db.session.commit()
    flash_with_undo(
        _("It is replaced. The texts that show it follow in a moment."),
        url_for("desk.replacements.destroy", id=id),
    )
    return back_to(upload)


@blueprint.post("/delete")
def destroy(id: int) -> ResponseReturnValue:
    upload = own(id)
    alias = upload.last_replaced()
    try:
        if alias is None or not alias.is_kept:
            raise media.Refused(_("The file it had before is no longer kept."))
        if known := db.session.scalar(db.select(Upload).where(Upload.sha256 == alias.former["sha256"])):
            raise kept_already(known)
        media.bring_back(alias.key)
    except media.Refused as refusal:
        flash(str(refusal.message), "error")
        return back_to(upload)
    upload.take_back_replacement(alias)
    db.session.commit()
    flash_with_undo(_("The former file is back."), url_for("desk.replacements.destroy", id=id))
    return back_to(upload)


def kept_already(upload: Upload) -> media.Refused:
    return media.Refused(_("This very file is kept already, as “%(name)s”.", name=upload.name))


def own(id: int) -> Upload:
    return db.one_or_404(Upload.editable_by(current_user).where(Upload.id == id).with_for_update())


def back_to(upload: Upload) -> ResponseReturnValue:
    return redirect(url_for("desk.uploads.edit", id=upload.id), 303)
