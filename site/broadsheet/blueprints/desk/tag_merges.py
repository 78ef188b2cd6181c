"""Merging a tag into another one: first shown, with what it means, then done."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broadsheet.extensions import db
from broadsheet.models import Tag
from broadsheet.web.fields import line

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
    count = tag.merge_into(other)
    db.session.commit()
    flash(
        ngettext(
            "“%(old)s” is merged: %(num)d post bears “%(new)s” now.",
            "“%(old)s” is merged: %(num)d posts bear “%(new)s” now.",
            count,
            old=tag.name,
            new=other.name,
        ),
        "success",
    )
    return redirect(url_for("desk.tags.edit", id=other.id), 303)


def the_other(tag: Tag, name: str) -> Tag | None:
    return Tag.namesake(name, Tag.slug_of(name), but=tag) if name else None


def page(tag: Tag, name: str) -> str:
    other = the_other(tag, name)
    counts = Tag.counts([tag, other] if other else [tag])
    return render_template(
        "desk/tags/merge.html",
        tag=tag,
        other=other,
        into=name,
        problem=problem(tag, name) if other is None and name else "",
        choices=Tag.suggestions(),
        count=counts[tag.id].all if tag.id in counts else 0,
        other_count=counts[other.id].all if other and other.id in counts else 0,
    )


def problem(tag: Tag, name: str) -> str:
    if Tag.slug_of(name) == tag.slug or name.lower() == tag.name.lower():
        return _("That is the tag itself.")
    return _("There is no tag “%(name)s”.", name=name)
