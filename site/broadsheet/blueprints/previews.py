"""What a preview link shows to somebody without an account: a draft as readers would see it, and perhaps a
form for notes. The guest gets no cookie; whoever is signed in sees the same."""

import logging

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from wtforms import TextAreaField

from broadsheet.database import writing
from broadsheet.extensions import csrf, db, limiter
from broadsheet.lib import clock
from broadsheet.models import Correction, Note, PreviewLink, Visitor
from broadsheet.models.note import BODY_LENGTH, OPEN_OF_A_LINK, QUOTE_LENGTH
from broadsheet.models.preview_link import LinkState
from broadsheet.web import errors, preview_links
from broadsheet.web.fields import AtMost, Required, line, paragraphs
from broadsheet.web.origin import require_our_own_form
from broadsheet.web.visitor_forms import VisitorForm, was_stored

blueprint = Blueprint("previews", __name__, url_prefix="/preview")
blueprint.before_request(require_our_own_form)
csrf.exempt(blueprint)

TEMPLATES = {"post": "posts/show.html", "page": "pages/show.html"}
NOTES_AT_MOST = "20 per hour"
SEEN_EVERY = 60  # seconds

log = logging.getLogger(__name__)


class GuestNoteForm(VisitorForm):
    email = None
    quote = TextAreaField(_("About these words"), [AtMost(QUOTE_LENGTH)], filters=[line])
    note = TextAreaField(_("Your note"), [Required(), AtMost(BODY_LENGTH)], filters=[paragraphs])

    def validate(self, extra_validators: dict[str, list[object]] | None = None) -> bool:
        """Notes have no place for spam, as messages have: what a program would send comes back once."""
        signs = {"trap", "unopened", "quick"} & set(self.circumstances)
        if not super().validate(extra_validators):
            return False
        if signs:
            self._empty_the_trap()
            self.ticket.data = self._new_ticket() if "unopened" in signs else self.ticket.data
            self.form_errors.append(
                gettext("That was sent as if by a program. Nothing is lost: please send it once more.")
            )
        return not signs

    def ask_for_patience(self) -> None:
        self.form_errors.append(
            gettext(
                "%(limit)s notes that came through this link wait to be read; more it does not take."
                " Nothing is lost: keep this page open and send it later, or ask whoever gave you the link.",
                limit=OPEN_OF_A_LINK,
            )
        )


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    link = link_or_404(token)
    if link.state is not LinkState.OPEN:
        return over(link)
    if request.method == "GET":
        remember_seen(link)
    return page(link, GuestNoteForm() if link.may_note else None)


@blueprint.post("/<token>/notes")
@limiter.limit(NOTES_AT_MOST, deduct_when=was_stored)
def create(token: str) -> ResponseReturnValue:
    link = link_or_404(token)
    if link.state is not LinkState.OPEN:
        return over(link)
    if not link.may_note:
        abort(404)
    form = GuestNoteForm()
    if not form.validate():
        return page(link, form), 422
    if Note.is_full(link):
        form.ask_for_patience()
        return page(link, form), 422
    note = Note.leave(
        link.subject, body=form.note.data, quote=form.quote.data, name=form.name.data, through=link
    )
    db.session.commit()
    return redirect(url_for("previews.show", token=token, _anchor=f"note-{note.id}"), 303)


@blueprint.errorhandler(429)
def wait(error: TooManyRequests) -> ResponseReturnValue:
    link = preview_links.with_token((request.view_args or {}).get("token", ""))
    if errors.wants_json() or link is None or link.state is not LinkState.OPEN:
        return errors.show(error)
    form = GuestNoteForm()
    form.ask_to_wait()
    return page(link, form), 429


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """No search engine, no cache, and no other site learns of the address."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    # Not no-referrer: with it browsers send the form with `Origin: null`, and web/origin.py would refuse it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def link_or_404(token: str) -> PreviewLink:
    return preview_links.with_token(token) or abort(404)


def over(link: PreviewLink) -> ResponseReturnValue:
    return render_template("previews/over.html", link=link, current_user=Visitor()), 410


def page(link: PreviewLink, form: GuestNoteForm | None) -> Response:
    proof = link.proof()
    html = render_template(
        "previews/show.html",
        public_template=TEMPLATES[proof.kind],
        current_user=Visitor(),  # sees no way to the desk
        **{proof.kind: proof},
        corrections=Correction.told_with(link.subject),
        link=link,
        token=preview_links.token(link),
        form=form,
        notes=list(db.session.scalars(Note.left_through(link))) if form else [],
    )
    return make_response(html)


def remember_seen(link: PreviewLink) -> None:
    """In a transaction of its own, for the request only reads; not for each of many requests."""
    now = clock.now()
    if link.seen_at is not None and (now - link.seen_at).total_seconds() < SEEN_EVERY:
        return
    table = db.metadata.tables[PreviewLink.__tablename__]
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == link.id).values(seen_at=now))
    except OperationalError as error:
        log.warning("it could not be noted that a preview link was seen: %s", error.orig)
