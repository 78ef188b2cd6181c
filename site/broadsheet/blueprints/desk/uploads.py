"""Media: sent, described, picked in a dialog, shown with where they are used, deleted when unused."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from werkzeug.datastructures import FileStorage

from broadsheet import media
from broadsheet.blueprints.desk.library import Choices, Library, used_in
from broadsheet.extensions import db
from broadsheet.forms.keeping import keep
from broadsheet.forms.uploads import DescriptionForm
from broadsheet.media.upkeep import KEPT_ASIDE
from broadsheet.models import Ability, Upload
from broadsheet.models.upload_use import is_used_anywhere
from broadsheet.web.errors import wants_json
from broadsheet.web.fields import line

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")

ACCEPT = ",".join(sorted({*media.MEDIA_TYPES.values(), *media.MEDIA_TYPES}))


class UploadForm(FlaskForm):
    files = MultipleFileField(
        _l("Add files"),
        [FileRequired(_l("Choose a file first."))],
        description=_l(
            "Pictures, films, sounds, PDF and other documents, several at once if you like. Pictures lose"
            " their place and camera."
        ),
        render_kw={"accept": ACCEPT},
    )


@blueprint.get("")
def index() -> ResponseReturnValue:
    shown = Library()
    return library(UploadForm(), shown), 422 if shown.problems else 200


@blueprint.get("/choices")
def choices() -> ResponseReturnValue:
    """What a dialog offers to pick from: a piece of a page, or JSON for a program."""
    found = Choices.wanted()
    if wants_json():
        return jsonify(uploads=[told(one) for one in found.pagination.items], next=found.next)
    return render_template("desk/uploads/_choices.html", choices=found)


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Keeps files. A program, or the editor, sends one and is told of it in JSON."""
    form = UploadForm()
    if not form.validate():
        return refused([*form.files.errors]) if wants_json() else (library(form), 422)
    kept, refusals = keep_all(form.files.data)
    if wants_json():
        return refused(refusals, *refusals.values()) if refusals else (jsonify(told(kept[0])), 201)
    if kept:
        flash(ngettext("%(num)d file is kept.", "%(num)d files are kept.", len(kept)), "success")
    if refusals:
        form.form_errors.extend(refusals)
        return library(form), 422
    if len(kept) == 1:
        return redirect(url_for("desk.uploads.edit", id=kept[0].id), 303)
    return redirect(url_for("desk.uploads.index"), 303)


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    upload = db.get_or_404(Upload, id)
    return page(upload, DescriptionForm(upload))


@blueprint.post("/<int:id>/edit")
def update(id: int) -> ResponseReturnValue:
    upload = db.one_or_404(Upload.editable_by(current_user).where(Upload.id == id))
    form = DescriptionForm()
    if not form.validate():
        return page(upload, form), 422
    upload.describe(form.alt.data)
    db.session.commit()
    flash(_("The description is saved."), "success")
    return redirect(url_for("desk.uploads.edit", id=id), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    upload = db.get_or_404(Upload, id)
    if is_used_anywhere(upload):
        flash(_("It is still used. Take it out of the texts below first."), "error")
        return page(upload, DescriptionForm(upload)), 409
    upload.delete()
    db.session.commit()
    flash(_("“%(name)s” is deleted.", name=upload.name), "success")
    return redirect(url_for("desk.uploads.index"), 303)


def library(form: UploadForm, shown: Library | None = None) -> str:
    settings = current_app.config["BROADSHEET"]
    return render_template(
        "desk/uploads/index.html",
        form=form,
        library=shown or Library(),
        may_delete=current_user.can(Ability.DELETE_FOR_GOOD),
        most=settings.max_upload_size,
        most_media=settings.max_media_size,
    )


def page(upload: Upload, form: DescriptionForm) -> str:
    is_own = upload.uploaded_by_id == current_user.id
    return render_template(
        "desk/uploads/edit.html",
        upload=upload,
        form=form,
        uses=used_in(upload),
        is_used=is_used_anywhere(upload),
        replaced=upload.last_replaced(),
        days_to_take_back=KEPT_ASIDE.days,
        may_describe=current_user.can(Ability.EDIT_ALL_POSTS) or is_own,
        may_delete=current_user.can(Ability.DELETE_FOR_GOOD),
    )


def keep_all(files: list[FileStorage]) -> tuple[list[Upload], dict[str, media.Refused]]:
    """What was kept, and of each other file, in words, why not. Each in a transaction of its own."""
    kept: dict[int, Upload] = {}
    refusals = {}
    for file in files:
        name = line(file.filename)[:200]
        try:
            with media.received(file.stream) as sent:
                upload, _is_new = keep(sent, name)
            kept[upload.id] = upload
        except media.Refused as refusal:
            db.session.rollback()
            refusals[_("“%(name)s” was not kept. %(reason)s", name=name, reason=refusal.message)] = refusal
    return list(kept.values()), refusals


def told(upload: Upload) -> dict[str, Any]:
    """What a program is told of an upload."""
    return {
        "id": upload.id,
        "name": upload.name,
        "path": upload.path,
        "sort": str(upload.sort),
        "markdown": upload.markdown,
        "markdown_if_decorative": upload.markdown_if_decorative if upload.is_picture else None,
        "width": upload.width,
        "height": upload.height,
        "alt": upload.alt,
        "thumbnail": upload.thumbnail,
    }


def refused(reasons: Iterable[str], *refusals: media.Refused) -> ResponseReturnValue:
    """`again` says whether the same file may be taken another time."""
    again = any(isinstance(one, media.NotNow) for one in refusals)
    return jsonify(errors=[str(reason) for reason in reasons], again=again), 422
