"""Autosaves: what stands in the editor and is not saved yet, kept apart from the history."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests

from broadsheet.blueprints.desk.saving import back_to_editor
from broadsheet.extensions import db
from broadsheet.forms.content import BODY_BYTES, ContentForm, form_for, shown
from broadsheet.forms.saving import rendered_apart, version_before_the_writer
from broadsheet.models import Post, Revision
from broadsheet.models.content import TITLE_LENGTH
from broadsheet.web import limits
from broadsheet.web.errors import wants_json
from broadsheet.web.filters import own_zone, timestamp
from broadsheet.web.kinds import Content, Kind, held_or_404, held_or_new

blueprint = Blueprint("autosaves", __name__)

OFTEN = "120 per minute"  # several windows of one person, each a few seconds after a pause
BESIDE_THE_TEXT = 50_000  # bytes of all other fields together
IN_COLUMNS = ("csrf_token", "version", "confirmed", "summary", "body")


@blueprint.post("/<kind:kind>/new/autosaves", defaults={"id": None})
@blueprint.post("/<kind:kind>/<int:id>/autosaves")
def create(kind: Kind, id: int | None) -> ResponseReturnValue:
    """Stores what was typed, right or wrong; only what is too large is refused. Of a new text it makes a
    draft."""
    if wait := limits.count(OFTEN, "autosave", str(current_user.id)):
        raise TooManyRequests(retry_after=wait)
    content = held_or_new(kind, id)
    form = form_for(content)
    if errors := too_large(form):
        return refused(content, errors)
    based_on = version_before_the_writer(content, form)
    if id is None:
        begin(content, form)
    if based_on is None:
        based_on = content.version
    kept = keep(content, form, based_on)
    db.session.commit()
    if not wants_json():
        flash(_("Kept, and not saved yet."), "success")
        return back_to_editor(content)
    return jsonify(told(content, kept)), 201 if id is None else 200


@blueprint.post("/<kind:kind>/<int:id>/autosaves/delete")
def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    """Sets the person's unsaved words aside: the editor shows what was saved, and the history keeps them a
    while."""
    content = held_or_404(kind, id)
    if autosave := content.unsaved_of(current_user):
        autosave.set_aside()
        db.session.commit()
        flash(_("Your unsaved words are set aside. The history keeps them among the autosaves."), "message")
    return back_to_editor(content)


def form_with_unsaved(content: Content) -> tuple[ContentForm, Revision | None]:
    """The editor's form; with the person's unsaved words, and where they come from, if there are any."""
    saved = form_for(content)
    autosave = content.unsaved_of(current_user)
    if autosave is None:
        return saved, None
    form = form_for(content, as_typed(autosave))
    if all(shown(one) == shown(saved[one.name]) for one in form if one.name not in ("csrf_token", "version")):
        return saved, None
    return form, autosave


def as_typed(autosave: Revision) -> MultiDict[str, str]:
    fields = [(name, value) for name, values in autosave.typed.items() for value in values]
    fields += [("summary", autosave.summary), ("body", autosave.body), ("version", str(autosave.version))]
    return MultiDict(fields)


def begin(content: Content, form: ContentForm) -> None:
    """The draft of a new text, whatever its particulars are worth so far."""
    by = current_user._get_current_object()
    more: dict[str, Any] = {"authors": [by]} if isinstance(content, Post) else {}
    document = rendered_apart(content, form.body.data, "")
    content.revise(
        by=by,
        rendered=document,
        title=form.title.data[:TITLE_LENGTH],
        summary=form.summary.data,
        body=form.body.data,
        **more,
    )


def keep(content: Content, form: ContentForm, based_on: int) -> Revision:
    names = [name for name in request.form if name in form and name not in IN_COLUMNS]
    return content.autosave(
        by=current_user._get_current_object(),
        based_on=based_on,
        typed={name: request.form.getlist(name) for name in names},
        title=form.title.data,
        slug=form.slug.data,
        summary=form.summary.data,
        body=form.body.data,
        language=form.language.data or "",
        tags=form.tags.names if "tags" in form else [],
    )


def told(content: Content, kept: Revision) -> dict[str, object]:
    newer = content.latest_revision() if kept.version < content.version else None
    return {
        "saved_at": timestamp(kept.created_at),
        "saved_at_text": format_time(kept.created_at.astimezone(own_zone()), "short", rebase=False),
        "id": content.id,
        "edit_url": url_for(f"desk.{content.kind}s.edit", id=content.id),
        "autosave_url": url_for("desk.autosaves.create", kind=content.kind, id=content.id),
        "version": content.version,
        "newer": newer
        and {
            "version": newer.version,
            "by": newer.author.name if newer.author else "",
            "at": timestamp(newer.created_at),
        },
    }


def too_large(form: ContentForm) -> dict[str, list[str]]:
    errors = {}
    if len(form.body.data.encode()) > BODY_BYTES:
        errors["body"] = [_("The text has more than %(limit)s bytes. Divide it.", limit=BODY_BYTES)]
    beside = sum(len(value.encode()) for name, value in request.form.items(multi=True) if name != "body")
    if beside > BESIDE_THE_TEXT:
        errors["title"] = [_("There is too much beside the text.")]
    return errors


def refused(content: Content, errors: dict[str, list[str]]) -> ResponseReturnValue:
    if wants_json():
        return jsonify({"errors": errors}), 422
    if not content.id:
        abort(422)
    for message in (one for messages in errors.values() for one in messages):
        flash(message, "error")
    return back_to_editor(content)
