"""Writing a post or a page: the editor and what its buttons do. posts.py and pages.py put it on their
blueprints, which say by `url_defaults` which kind is written there."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.blueprints.desk import autosaves, presences
from broadsheet.blueprints.desk.saving import back_to_editor, editor, save
from broadsheet.extensions import db
from broadsheet.forms.content import form_for
from broadsheet.web.kinds import Kind, editable_or_404, held_or_404, held_or_new


def put_on(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/new", view_func=new, methods=["GET"])
    blueprint.add_url_rule("/new", view_func=create, methods=["POST"])
    blueprint.add_url_rule("/<int:id>", view_func=show, methods=["GET"])
    blueprint.add_url_rule("/<int:id>/edit", view_func=edit, methods=["GET"])
    blueprint.add_url_rule("/<int:id>/edit", view_func=update, methods=["POST"])
    blueprint.add_url_rule("/<int:id>/delete", view_func=destroy, methods=["POST"])


def new(kind: Kind) -> str:
    content = held_or_new(kind, None)
    return editor(content, form_for(content))


def create(kind: Kind) -> ResponseReturnValue:
    content = held_or_new(kind, None)
    if refusal := save(content, form_for(content)):
        return refusal
    db.session.commit()
    flash(_("Saved as a draft."), "success")
    return back_to_editor(content)


def show(kind: Kind, id: int) -> ResponseReturnValue:
    """An address without a verb, as one shortens or guesses it."""
    return back_to_editor(editable_or_404(kind, id))


def edit(kind: Kind, id: int) -> str:
    content = editable_or_404(kind, id)
    presences.note(content)
    form, autosave = autosaves.form_with_unsaved(content)
    return editor(content, form, autosave)


def update(kind: Kind, id: int) -> ResponseReturnValue:
    content = held_or_404(kind, id)
    if refusal := save(content, form_for(content)):
        return refusal
    db.session.commit()
    held = _("Saved, not published: readers still see the version before.")
    flash(held if content.has_held_changes else _("Saved."), "success")
    return back_to_editor(content)


def destroy(kind: Kind, id: int) -> ResponseReturnValue:
    """For good, and only from the trash."""
    in_trash = kind.removable_by(current_user).where(kind.trashed_at.is_not(None))
    content = db.one_or_404(in_trash.where(kind.id == id).with_for_update())
    content.delete()
    db.session.commit()
    flash(_("“%(title)s” is deleted for good.", title=content.title or _("Untitled")), "success")
    return redirect(url_for(f"desk.{kind.kind}s.index"), 303)
