"""Media: sent, described, picked in a dialog, shown with where they are used, deleted when nothing uses them."""

from typing import Any, NamedTuple

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from sqlalchemy import Select
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField

from broadsheet import media
from broadsheet.blueprints.desk.fields import no_control
from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.models import Ability, Page, Post, Upload, User
from broadsheet.web.current_site import site
from broadsheet.web.errors import wants_json
from broadsheet.web.fields import AtMost, line
from broadsheet.web.pagination import paginate

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")

PER_PAGE = 48
CHOICES_PER_PAGE = 24
MOST_USES_SHOWN = 50
ACCEPT = ",".join(sorted(set(media.MEDIA_TYPES.values())))


class Use(NamedTuple):
    label: str
    url: str


class UploadForm(FlaskForm):
    files = MultipleFileField(
        _l("Add pictures"),
        [FileRequired(_l("Choose a file first."))],
        description=_l(
            "JPEG, PNG, WebP, AVIF, GIF or SVG, several at once if you like. Place and camera go."
        ),
        render_kw={"accept": ACCEPT},
    )


class DescriptionForm(FlaskForm):
    alt = TextAreaField(
        _l("Description"),
        [no_control, AtMost(1000)],
        [line],
        description=_l("What it shows, for those who do not see it. A text that uses it may say it anew."),
    )


@blueprint.get("")
def index() -> str:
    return library(UploadForm())


@blueprint.get("/choices")
def choices() -> ResponseReturnValue:
    """What a dialog offers to pick from: a piece of a page, or JSON for a program."""
    pagination = paginate(found().where(Upload.is_a_picture()), CHOICES_PER_PAGE)
    if wants_json():
        return jsonify(uploads=[told(one) for one in pagination.items], next=next_choices(pagination))
    return render_template("desk/uploads/_choices.html", pagination=pagination, q=wanted_words())


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Keeps files. A program, or the editor, sends one and is told of it in JSON."""
    form = UploadForm()
    if not form.validate():
        return refused([*form.files.errors]) if wants_json() else (library(form), 422)
    kept, refusals = keep_all(form.files.data)
    if wants_json():
        return refused(refusals) if refusals else (jsonify(told(kept[0])), 201)
    if kept:
        flash(ngettext("%(num)d picture is kept.", "%(num)d pictures are kept.", len(kept)), "success")
    if refusals:
        form.form_errors.extend(refusals)
        return library(form), 422
    if len(kept) == 1:
        return redirect(url_for("desk.uploads.edit", id=kept[0].id), 303)
    return redirect(url_for("desk.uploads.index"), 303)


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    upload = db.get_or_404(Upload, id)
    return page(upload, DescriptionForm(obj=upload))


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
    if used_in(upload):
        flash(_("It is still used. Take it out of the texts below first."), "error")
        return page(upload, DescriptionForm(obj=upload)), 409
    upload.delete()
    db.session.commit()
    flash(_("“%(name)s” is deleted.", name=upload.name), "success")
    return redirect(url_for("desk.uploads.index"), 303)


def library(form: UploadForm) -> str:
    pagination = paginate(found(), PER_PAGE)
    return render_template("desk/uploads/index.html", form=form, pagination=pagination, q=wanted_words())


def found() -> Select[tuple[Upload]]:
    return Upload.newest_first().where(Upload.matching(wanted_words()))


def next_choices(pagination: Pagination) -> str | None:
    if not pagination.has_next:
        return None
    return url_for("desk.uploads.choices", q=wanted_words() or None, page=pagination.next_num)


def told(upload: Upload) -> dict[str, Any]:
    """What a program is told of an upload."""
    return {
        "id": upload.id,
        "name": upload.name,
        "path": upload.path,
        "markdown": upload.markdown,
        "width": upload.width,
        "height": upload.height,
        "alt": upload.alt,
        "thumbnail": upload.thumbnail,
    }


def refused(reasons: list[str]) -> ResponseReturnValue:
    return jsonify(errors=[str(reason) for reason in reasons]), 422


def page(upload: Upload, form: DescriptionForm) -> str:
    return render_template(
        "desk/uploads/edit.html",
        upload=upload,
        form=form,
        uses=used_in(upload),
        may_describe=current_user.can(Ability.EDIT_ALL_POSTS) or upload.uploaded_by_id == current_user.id,
        may_delete=current_user.can(Ability.DELETE_FOR_GOOD),
    )


def keep_all(files: list[FileStorage]) -> tuple[list[Upload], list[str]]:
    """What was kept, and of each other file why not. Each in a transaction of its own."""
    kept: dict[int, Upload] = {}
    refusals = []
    by = current_user._get_current_object()
    for file in files:
        name = line(file.filename)[:200]
        try:
            db.session.commit()  # lets go of the writers' lock while the picture is worked on
            upload = media.keep(media.prepare(media.read(file.stream), name), by=by)
            db.session.commit()
            kept[upload.id] = upload
        except media.Refused as refusal:
            db.session.rollback()
            refusals.append(_("“%(name)s” was not kept. %(reason)s", name=name, reason=refusal.message))
    return list(kept.values()), refusals


def used_in(upload: Upload) -> list[Use]:
    """Where it stands, as far as the person may know. Earlier versions of a text do not count."""
    posts = db.session.scalars(
        Post.visible_to(current_user)
        .where(Post.shows(upload))
        .options(*Post.for_a_list())
        .limit(MOST_USES_SHOWN)
    )
    pages = db.session.scalars(Page.visible_to(current_user).where(Page.shows(upload)).limit(MOST_USES_SHOWN))
    people = db.session.scalars(db.select(User).where(User.shows(upload)).limit(MOST_USES_SHOWN))
    uses = [Use(one.title or _("Untitled"), use_path(one)) for one in (*posts, *pages)]
    uses += [Use(person.name, person.path) for person in people]
    if upload.path in site.footer:
        uses.append(Use(_("The footer of every page"), url_for("desk.settings.edit")))
    return uses


def use_path(content: Post | Page) -> str:
    if not content.is_editable_by(current_user):
        return content.path
    return url_for(f"desk.{content.kind}s.edit", id=content.id)
