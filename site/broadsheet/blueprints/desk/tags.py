"""Tags at the desk: made, renamed, described, deleted when no post has them. Merging: tag_merges.py."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from broadsheet.blueprints.desk.search import wanted_view, wanted_words
from broadsheet.extensions import db
from broadsheet.forms.topics import TopicForm
from broadsheet.models import Tag
from broadsheet.models.tag import NAME_LENGTH
from broadsheet.web.pagination import paginate

blueprint = Blueprint("tags", __name__, url_prefix="/tags")

PER_PAGE = 40
VIEWS = {"": _l("All"), "unused": _l("Unused")}


@blueprint.get("")
def index() -> ResponseReturnValue:
    problems: list[str] = []
    words, view = wanted_words(), wanted_view("show", VIEWS, problems)
    query = db.select(Tag).where(Tag.matching(words)).order_by(*Tag.by_name())
    if view == "unused":
        query = query.where(Tag.unused())
    if problems:
        query = query.where(db.false())
    pagination = paginate(query, PER_PAGE)
    page = render_template(
        "desk/tags/index.html",
        pagination=pagination,
        counts=Tag.counts(pagination.items),
        q=words,
        view=view,
        views=VIEWS,
        problems=problems,
    )
    return page, 422 if problems else 200


@blueprint.get("/new")
def new() -> str:
    return page(None, form_for())


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    form = form_for()
    if not form.validate():
        return page(None, form), 422
    tag = Tag.create(**form.values())
    db.session.commit()
    flash(_("The tag “%(name)s” is made.", name=tag.name), "success")
    return redirect(url_for("desk.tags.edit", id=tag.id), 303)


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    tag = db.get_or_404(Tag, id)
    return page(tag, form_for(tag))


@blueprint.post("/<int:id>/edit")
def update(id: int) -> ResponseReturnValue:
    tag = db.one_or_404(db.select(Tag).where(Tag.id == id).with_for_update())
    form = form_for(tag)
    if not form.validate():
        return page(tag, form), 422
    tag.change(**form.values())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.tags.edit", id=id), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    tag = db.one_or_404(db.select(Tag).where(Tag.id == id).with_for_update())
    if tag.is_used:
        flash(_("Posts have this tag. Merge it into another one, or take it off them first."), "error")
        return redirect(url_for("desk.tags.edit", id=id), 303)
    tag.delete()
    db.session.commit()
    flash(_("The tag “%(name)s” is deleted.", name=tag.name), "success")
    return redirect(url_for("desk.tags.index"), 303)


@blueprint.post("/unused/delete")
def destroy_unused() -> ResponseReturnValue:
    """Those that were ticked in the list, unless a post has got one of them meanwhile."""
    ids = request.form.getlist("id", type=int)[:PER_PAGE]
    tags = db.session.scalars(db.select(Tag).where(Tag.id.in_(ids), Tag.unused()).with_for_update()).all()
    for tag in tags:
        tag.delete()
    db.session.commit()
    flash(ngettext("%(num)d tag is deleted.", "%(num)d tags are deleted.", len(tags)), "success")
    return redirect(url_for("desk.tags.index", show="unused"), 303)


def form_for(tag: Tag | None = None) -> TopicForm:
    return TopicForm(Tag, tag, NAME_LENGTH)


def page(tag: Tag | None, form: TopicForm) -> str:
    about: dict[str, Any] = {}
    if tag is not None:
        about = {"count": Tag.counts([tag]).get(tag.id), "former": tag.former_addresses()}
    return render_template("desk/tags/edit.html", tag=tag, form=form, **about)
