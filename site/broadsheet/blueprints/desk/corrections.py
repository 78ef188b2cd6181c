"""Corrections: what was wrong in a post, told to its readers with a date."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.forms.corrections import CorrectionForm
from broadsheet.models import Correction, Post
from broadsheet.web.kinds import require_publisher

blueprint = Blueprint("corrections", __name__, url_prefix="/posts/<int:id>/corrections")


@blueprint.get("")
def index(id: int) -> str:
    return page(post_or_404(id), CorrectionForm())


@blueprint.post("")
def create(id: int) -> ResponseReturnValue:
    post = post_or_404(id)
    require_publisher(post)
    form = CorrectionForm()
    if not form.validate():
        return page(post, form), 422
    Correction.make(post, body=form.correction.data, by=current_user._get_current_object())
    db.session.commit()
    return done(post, _("The correction is added. Readers see it with the post."))


@blueprint.post("/<int:correction_id>/delete")
def destroy(id: int, correction_id: int) -> ResponseReturnValue:
    post = post_or_404(id)
    require_publisher(post)
    db.one_or_404(Correction.of(post).where(Correction.id == correction_id)).delete()
    db.session.commit()
    return done(post, _("The correction is deleted."))


def post_or_404(id: int) -> Post:
    return db.one_or_404(Post.editable_by(current_user).where(Post.id == id))


def done(post: Post, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("desk.corrections.index", id=post.id), 303)


def page(post: Post, form: CorrectionForm) -> str:
    return render_template(
        "desk/corrections/index.html",
        content=post,
        form=form,
        corrections=list(db.session.scalars(Correction.of(post))),
        may_publish=current_user.can_publish(post),
    )
