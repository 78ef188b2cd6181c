"""Merging a tag into another one: first shown, with what it means, then done; and taken back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import Event, Tag
from broadsheet.web.fields import line
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("tag_merges", __name__, url_prefix="/tags/<int:id>/merge")


@blueprint.get("")
def new(id: int) -> ResponseReturnValue:
    return page(db.get_or_404(Tag, id), line(request.args.get("into")))


@blueprint.post("")
def create(id: int) -> ResponseReturnValue:
    tag = db.one_or_404(db.select(Tag).where(Tag.id == id).with_for_update())
    name = line(request.form.get("into"))
    other = the_other(tag, name)
    if other is None:
        return page(tag, name), 422
    merge = tag.merge_into(other)
    db.session.commit()
    flash_with_undo(
        ngettext(
            "“%(old)s” is merged: %(num)d post bears “%(new)s” now.",
            "“%(old)s” is merged: %(num)d posts bear “%(new)s” now.",
            merge.details["posts"],
            old=merge.subject_label,
            new=other.name,
        ),
        url_for("desk.tag_merges.destroy", id=other.id),
        {"merge": str(merge.id)},
    )
    return redirect(url_for("desk.tags.edit", id=other.id), 303)


@blueprint.post("/delete")
def destroy(id: int) -> ResponseReturnValue:
    """Takes the merge back that the field `merge` names: the number of the event that tells of it."""
    event = db.session.get(Event, request.form.get("merge", 0, type=int))
    if event is None or event.action != signals.tag_merged.name or event.details.get("into_id") != id:
        abort(404)
    tag = Tag.separate(event)
    if tag is None:
        flash(_("It can no longer be taken back: one of the tags is gone, or the name is taken."), "error")
        return redirect(url_for("desk.tags.index"), 303)
    db.session.commit()
    flash(_("“%(name)s” stands again.", name=tag.name), "success")
    return redirect(url_for("desk.tags.edit", id=tag.id), 303)


def the_other(tag: Tag, name: str) -> Tag | None:
    return Tag.namesake(name, Tag.slug_of(name), but=tag) if name else None


def page(tag: Tag, name: str) -> str:
    other = the_other(tag, name)
    counts = Tag.counts([tag])
    shared = tag.count_shared_with(other) if other else 0
    return render_template(
        "desk/tags/merge.html",
        tag=tag,
        other=other,
        into=name,
        problem=problem(tag, name) if other is None and name else "",
        choices=Tag.suggestions(),
        shared=shared,
        count=(counts[tag.id].all if tag.id in counts else 0) - shared,
    )


def problem(tag: Tag, name: str) -> str:
    if Tag.slug_of(name) == tag.slug or name.lower() == tag.name.lower():
        return _("That is the tag itself.")
    return _("There is no tag “%(name)s”.", name=name)
