"""Series at the desk: begun, renamed, described, put in order, deleted. A post joins one in its editor."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.blueprints.desk.ticked import is_number
from broadsheet.extensions import db
from broadsheet.forms.topics import TopicForm
from broadsheet.models import Post, Series
from broadsheet.models.series import LAST_PLACE, NAME_LENGTH
from broadsheet.web.pagination import paginate

blueprint = Blueprint("series", __name__, url_prefix="/series")

PER_PAGE = 50


@blueprint.get("")
def index() -> str:
    words = wanted_words()
    pagination = paginate(
        db.select(Series).where(Series.matching(words)).order_by(*Series.by_name()), PER_PAGE
    )
    return render_template(
        "desk/series/index.html", pagination=pagination, counts=Series.counts(pagination.items), q=words
    )


@blueprint.get("/new")
def new() -> str:
    return page(None, form_for())


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    form = form_for()
    if not form.validate():
        return page(None, form), 422
    series = Series.create(**form.values())
    db.session.commit()
    flash(_("The series is begun. Choose it in the editor of each post that belongs to it."), "success")
    return redirect(url_for("desk.series.edit", id=series.id), 303)


@blueprint.get("/<int:id>/edit")
def edit(id: int) -> str:
    series = db.get_or_404(Series, id)
    return page(series, form_for(series))


@blueprint.post("/<int:id>/edit")
def update(id: int) -> ResponseReturnValue:
    series = db.one_or_404(db.select(Series).where(Series.id == id).with_for_update())
    form = form_for(series)
    if not form.validate():
        return page(series, form), 422
    series.change(**form.values())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.series.edit", id=id), 303)


@blueprint.post("/<int:id>/order")
def order(id: int) -> ResponseReturnValue:
    """The place of each post, by number; one without comes after those that have one, by its date."""
    series = db.one_or_404(db.select(Series).where(Series.id == id).with_for_update())
    typed = {post: place_typed(post) for post in db.session.scalars(series.in_order())}
    wrong = {post.id: text for post, text in typed.items() if text and not is_place(text)}
    if wrong:
        return page(series, form_for(series, formdata=None), wrong=wrong, typed=typed), 422
    places = {post: int(text) if text else None for post, text in typed.items()}
    series.order(places, by=current_user._get_current_object())
    db.session.commit()
    flash(_("The series is in this order now."), "success")
    return redirect(url_for("desk.series.edit", id=id) + "#order", 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    series = db.one_or_404(db.select(Series).where(Series.id == id).with_for_update())
    series.delete()
    db.session.commit()
    flash(_("The series “%(name)s” is deleted. Its posts stay.", name=series.name), "success")
    return redirect(url_for("desk.series.index"), 303)


def form_for(series: Series | None = None, **options: Any) -> TopicForm:
    return TopicForm(Series, series, NAME_LENGTH, **options)


def page(
    series: Series | None,
    form: TopicForm,
    wrong: dict[int, str] | None = None,
    typed: dict[Post, str] | None = None,
) -> str:
    about: dict[str, Any] = {}
    if series is not None:
        places = {
            post: "" if post.series_position is None else str(post.series_position)
            for post in db.session.scalars(series.in_order())
        }
        about = {
            "places": typed or places,
            "wrong": wrong or {},
            "is_published": series.is_published,
            "former": series.former_addresses(),
            "order_form": FlaskForm(formdata=None),
        }
    return render_template("desk/series/edit.html", series=series, form=form, **about)


def place_typed(post: Post) -> str:
    kept = "" if post.series_position is None else str(post.series_position)
    return request.form.get(f"place-{post.id}", kept).strip()


def is_place(text: str) -> bool:
    return is_number(text) and 0 < int(text) <= LAST_PLACE
