"""Redirects: former and imported addresses, and where they lead."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import joinedload
from wtforms import Field, StringField, ValidationError

from broadsheet.blueprints.desk.fields import filled, no_control
from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.lib.links import is_path
from broadsheet.models import Alias
from broadsheet.models.alias import PATH_LENGTH, normalised
from broadsheet.models.base import each_word_in
from broadsheet.web.fields import AtMost, line
from broadsheet.web.pagination import paginate
from broadsheet.web.whereabouts import Standing, standing_itself, subject_at

blueprint = Blueprint("redirects", __name__, url_prefix="/redirects")

PER_PAGE = 50


class RedirectForm(FlaskForm):
    path = StringField(
        _l("From"),
        [filled(_l("The address is missing.")), no_control, AtMost(PATH_LENGTH)],
        [line],
        description=_l("A path of this site at which nothing stands, such as /old-page."),
    )
    target = StringField(
        _l("To"),
        [filled(_l("The address is missing.")), no_control, AtMost(PATH_LENGTH)],
        [line],
        description=_l("The address of a post, page, tag or series, such as /about or /post/7."),
    )

    def validate_path(self, field: Field) -> None:
        if not is_path(field.data) or normalised(field.data) == "/":
            raise ValidationError(_("Write a path of this site, such as /old-page."))
        if standing_itself(normalised(field.data)) is not Standing.NOTHING:
            raise ValidationError(_("Something stands there itself, so it would never redirect."))

    def validate_target(self, field: Field) -> None:
        if subject_at(field.data) is None:
            raise ValidationError(_("No post, page, tag or series stands there."))


@blueprint.get("")
def index() -> str:
    return listing(RedirectForm(formdata=None))


@blueprint.post("")
def create() -> ResponseReturnValue:
    form = RedirectForm()
    if not form.validate():
        return listing(form), 422
    subject = subject_at(form.target.data)
    if subject is None:  # gone since the form was looked at
        abort(404)
    alias = Alias.create(form.path.data, subject)
    db.session.commit()
    flash(_("%(path)s redirects from now on.", path=alias.path), "success")
    return redirect(url_for("desk.redirects.index"), 303)


@blueprint.post("/<int:id>/delete")
def destroy(id: int) -> ResponseReturnValue:
    db.get_or_404(Alias, id).delete()
    db.session.commit()
    flash(_("The redirect is deleted."), "success")
    return redirect(url_for("desk.redirects.index"), 303)


def listing(form: RedirectForm) -> str:
    words = wanted_words()
    targets: list[Any] = [joinedload(one) for one in (Alias.post, Alias.page, Alias.tag, Alias.series)]
    query = db.select(Alias).options(*targets).where(each_word_in(words, Alias.path)).order_by(Alias.path)
    return render_template(
        "desk/redirects/index.html", form=form, pagination=paginate(query, PER_PAGE), q=words
    )
