"""A reader offers a piece, which lands in the desk's queue."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from broadsheet.extensions import csrf, db, limiter
from broadsheet.models import Submission
from broadsheet.web import errors
from broadsheet.web.fields import AtMost, Required, line, paragraphs
from broadsheet.web.origin import require_our_own_form
from broadsheet.web.visitor_forms import LIMIT, VisitorForm, was_stored

blueprint = Blueprint("submit", __name__, url_prefix="/submit")
blueprint.before_request(require_our_own_form)
csrf.exempt(blueprint)


class SubmitForm(VisitorForm):
    title = StringField(_("Title"), [Required(), Length(max=300)], filters=[line])
    body = TextAreaField(
        _("Your piece"),
        [Required(), AtMost(200_000)],
        filters=[paragraphs],
        description=_("Plain text or Markdown. Leave an empty line between paragraphs."),
    )


@blueprint.get("")
def new() -> str:
    # Whoever is signed in need not type what we know.
    return page(SubmitForm(obj=current_user))


@blueprint.post("")
@limiter.limit(LIMIT, deduct_when=was_stored)
def create() -> ResponseReturnValue:
    form = SubmitForm()
    if not form.validate():
        return page(form), 422
    Submission.receive(
        name=form.name.data,
        email=form.email.data,
        title=form.title.data,
        body=form.body.data,
        circumstances=form.circumstances,
    )
    db.session.commit()
    return redirect(url_for("submit.thanks"), 303)


@blueprint.get("/thanks")
def thanks() -> str:
    return render_template("submit/thanks.html")


@blueprint.errorhandler(429)
def wait(error: TooManyRequests) -> ResponseReturnValue:
    if errors.wants_json():
        return errors.show(error)
    form = SubmitForm()
    form.ask_to_wait()
    return page(form), 429


def page(form: SubmitForm) -> str:
    return render_template("submit/new.html", form=form)
