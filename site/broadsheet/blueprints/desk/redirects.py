"""Redirects: former and imported addresses, and where they lead."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.forms.redirects import RedirectForm
from broadsheet.models import Alias
from broadsheet.models.base import each_word_in
from broadsheet.web.pagination import paginate
from broadsheet.web.whereabouts import subject_at

blueprint = Blueprint("redirects", __name__, url_prefix="/redirects")

PER_PAGE = 50


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
