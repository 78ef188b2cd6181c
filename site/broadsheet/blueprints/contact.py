"""Visitors write to us. The words above the form are those of the page "contact"."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from broadsheet.extensions import csrf, db, limiter
from broadsheet.models import Message, Page
from broadsheet.web import errors
from broadsheet.web.fields import AtMost, Required, line, paragraphs
from broadsheet.web.origin import require_our_own_form
from broadsheet.web.translations import translations_of
from broadsheet.web.visitor_forms import LIMIT, VisitorForm, was_stored

blueprint = Blueprint("contact", __name__, url_prefix="/contact")
blueprint.before_request(require_our_own_form)
csrf.exempt(blueprint)


class ContactForm(VisitorForm):
    subject = StringField(_("Subject"), [Length(max=200)], filters=[line])
    message = TextAreaField(_("Message"), [Required(), AtMost(20_000)], filters=[paragraphs])


@blueprint.get("")
def new() -> str:
    # Whoever is signed in need not type what we know.
    return page(ContactForm(obj=current_user))


@blueprint.post("")
@limiter.limit(LIMIT, deduct_when=was_stored)
def create() -> ResponseReturnValue:
    form = ContactForm()
    if not form.validate():
        return page(form), 422
    Message.receive(
        name=form.name.data,
        email=form.email.data,
        subject=form.subject.data,
        body=form.message.data,
        circumstances=form.circumstances,
    )
    db.session.commit()
    return redirect(url_for("contact.thanks"), 303)


@blueprint.get("/thanks")
def thanks() -> str:
    return render_template("contact/thanks.html")


@blueprint.errorhandler(429)
def wait(error: TooManyRequests) -> ResponseReturnValue:
    if errors.wants_json():
        return errors.show(error)
    form = ContactForm()
    form.ask_to_wait()
    return page(form), 429


def page(form: ContactForm) -> str:
    words = db.session.scalar(Page.at("contact"))
    translations = translations_of(words) if words else []
    return render_template("contact/new.html", form=form, page=words, translations=translations)
