"""What people and programs see when something is wrong: the right status, plain words, a way onward."""

import errno
import logging
import re

from flask import (
    Flask,
    Response,
    current_app,
    g,
    got_request_exception,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import Conflict, HTTPException, InternalServerError, NotFound, ServiceUnavailable
from werkzeug.routing import RequestRedirect

from broadsheet.config import MEGABYTE
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.lib.searching import words_of
from broadsheet.media.drawn import Busy
from broadsheet.models import Visitor
from broadsheet.web.addresses import moved
from broadsheet.web.lifecycle import enter, shown_path
from broadsheet.web.origin import is_from_here
from broadsheet.web.problems import is_for_api, problem_response
from broadsheet.web.right_address import right_address

log = logging.getLogger(__name__)

# status: title, what happened and what to do
WORDS = {
    400: (
        _("That did not make sense to us"),
        _("The request was incomplete or garbled. Go back, reload and try again."),
    ),
    401: (_("Please sign in first"), _("This page is for people who are signed in.")),
    403: (
        _("This is not open to you"),
        _("Your account may not do this. If it should, ask an admin of this site."),
    ),
    404: (
        _("There is nothing at this address"),
        _("The page may have moved, or the address has a slip in it."),
    ),
    405: (_("That is not how this page works"), _("The address exists, but not for this kind of request.")),
    408: (
        _("That took too long"),
        _("What you sent came so slowly that we stopped waiting. Check your connection and send it again."),
    ),
    409: (
        _("Somebody was faster"),
        _("The same was saved in this very moment. Nothing of yours is stored yet: please send it again."),
    ),
    413: (
        _("That is too large"),
        _("What you sent is larger than the %(most)s that are taken here. Make it smaller and try again."),
    ),
    414: (
        _("That address is too long"),
        _("It is longer than any of this site. Shorten what you search for, or start from the first page."),
    ),
    429: (
        _("That was a little fast"),
        _("Too many attempts in a short time. Wait a while, an hour at the most, and try again."),
    ),
    500: (
        _("Something broke on our side"),
        _("It is not your fault, and it has been noted. Try again in a moment."),
    ),
    507: (
        _("The server has no room left"),
        _("Nothing of what you sent was kept. Tell an admin of this site; the disk is full."),
    ),
    503: (_("We will be right back"), _("The site cannot answer just now. Try again in a minute.")),
}

# Of an address that is not there, offered to the search: not what is a part of addresses rather than a word.
PARTS = frozenset(
    {"post", "posts", "tag", "tags", "series", "user", "page", "blog", "index", "category", "archive"}
)
LONGEST = 100

# Fields that never travel into the form that sends a request again. Without one of the first there is nothing
# to send; the other stands beside what was typed, and is asked for once more.
ALL_THAT_IS_TYPED = frozenset({"password", "new_password", "code", "recovery_code", "credential"})
SECRET = ALL_THAT_IS_TYPED | {"own_password"}
NOT_SENT_AGAIN = SECRET | {"csrf_token"}
# Fields that nobody typed: they travel unseen, as do ticks, whose names say nothing without their form.
TECHNICAL = frozenset(
    {"version", "confirmed", "ticket", "website", "next", "state", "theirs", "live", "id", "ids"}
)
TICKED = frozenset({"y", "on"})
SHORT = 80  # letters, which one line holds
# SQLite's own (sqlite.org/rescode.html), and PostgreSQL's (appendix A of its manual).
SQLITE_FULL, DISK_FULL = 13, "53100"


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(NotFound, find_or_show)
    app.register_error_handler(CSRFError, offer_to_send_again)
    app.register_error_handler(401, offer_to_send_again)
    app.register_error_handler(OperationalError, database_is_away)
    app.register_error_handler(IntegrityError, somebody_was_faster)
    app.register_error_handler(Busy, too_many_pictures)
    app.register_error_handler(OSError, no_room)
    app.register_error_handler(Exception, unexpected)


def find_or_show(error: NotFound) -> ResponseReturnValue:
    """Before an address is given up, it may be a former one, or have a slash or capitals too many."""
    if request.method not in ("GET", "HEAD") or is_for_api():
        return show(error)
    try:
        address = right_address()
    except OperationalError as away:
        return database_is_away(away)
    if address:
        return moved(address)
    # The token of a preview is no word, and no page may tell whether one was ever good.
    g.searched = "" if request.blueprint == "previews" else words_in(request.path)
    return show(error)


def words_in(path: str) -> str:
    """What somebody may search for who asked for this address: `/2019/05/my-post.html` → `my post`."""
    last = re.sub(r"\.[a-z0-9]{1,5}$", "", path.rstrip("/").lower())
    words = [word for word in words_of(last) if len(word) > 1 and not word.isdigit()]
    return " ".join(word for word in words if word not in PARTS)[:LONGEST]


@reading()  # whoever is told so does not wait for the write lock
def show(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, RequestRedirect) or error.code is None:
        return error
    if error.response is not None:
        return error.response
    title, advice = WORDS.get(error.code, WORDS[500 if error.code >= 500 else 400])
    if error.code == 413:
        advice = advice % {"most": f"{(request.max_content_length or 0) // MEGABYTE} MB"}
    if is_for_api():
        response = problem_response(error, str(advice))
    elif wants_json():
        body = {
            "status": error.code,
            "title": str(title),
            "detail": str(advice),
            "request_id": g.get("request_id", ""),
        }
        response = jsonify(body)
    else:
        response = make_response(page(error.code, str(title), str(advice)))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.status_code = error.code
    return response


def page(status: int, title: str, advice: str) -> str:
    if request_ctx.url_adapter is None:  # a host under which the site does not answer: no page has a link
        return plain_page(title, advice)
    try:
        return render_template(
            "errors/error.html",
            status=status,
            title=title,
            advice=advice,
            request_id=g.get("request_id", ""),
            searched=g.get("searched") if status == 404 else None,
        )
    except Exception:
        # The page itself needs what is broken; plain words are better than a broken pipe.
        log.exception("the error page could not be rendered")
        return plain_page(title, advice)


def plain_page(title: str, advice: str) -> str:
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{advice}</p>"


def wants_json() -> bool:
    if request.path.startswith("/health/") or is_for_api():
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def offer_to_send_again(error: HTTPException) -> ResponseReturnValue:
    """The session ended while somebody was typing: what was typed stands in the answer, ready to be sent."""
    if not is_form_of_ours():
        return show(error)
    return form_again(409 if isinstance(error, Conflict) else 403)


def is_form_of_ours() -> bool:
    """A stranger's form must not be given a valid token. What is too large to be read is not shown again."""
    is_read = (request.content_length or 0) <= (request.max_content_length or 0)
    return request.method == "POST" and is_read and not wants_json() and is_from_here(required=True)


@reading()
def form_again(status: int) -> Response:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_SENT_AGAIN]
    page = render_template(
        "errors/send_again.html",
        fields=fields,
        look=look_of,
        action=request.full_path.rstrip("?"),
        status=status,
        request_id=g.get("request_id", ""),
        # A visitor's form has none, and gets none: it would take a cookie.
        needs_token=status in (403, 409) or "csrf_token" in request.form,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"  # what was typed is nobody else's
    return response


def look_of(name: str, value: str) -> str:
    """How a field stands on the page that sends it again: as a text, as a line, or not at all."""
    if name in TECHNICAL or value in TICKED or not value.strip():
        return "hidden"
    return "text" if len(value) > SHORT or "\n" in value or "\r" in value else "line"


def keep_what_was_typed(error: HTTPException) -> ResponseReturnValue:
    """Something of ours failed over a form: it is shown again, with what was typed."""
    try:
        is_kept = (
            is_form_of_ours() and any(request.form.values()) and ALL_THAT_IS_TYPED.isdisjoint(request.form)
        )
        response = form_again(error.code or 500) if is_kept else None
    except Exception:
        log.exception("the form could not be shown again")
        response = None
    if response is None:
        return show(error)
    for name, value in error.get_headers():
        if name.lower() == "retry-after":
            response.headers[name] = value
    return response


def database_is_away(error: OperationalError) -> ResponseReturnValue:
    log.error("the database did not answer: %s", error.orig)
    db.session.rollback()
    # Who is signed in cannot be asked: the page and its headers take anybody for a visitor. Flask-Login keeps
    # its answer here.
    g._login_user = Visitor()
    # What the page itself asks for must not wait for the write lock once more, each time as long as before.
    enter(reading())
    return keep_what_was_typed(
        InsufficientStorage() if is_full(error) else ServiceUnavailable(retry_after=60)
    )


def is_full(error: OperationalError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without the details in the higher bits
    return code == SQLITE_FULL or getattr(error.orig, "sqlstate", "") == DISK_FULL


def somebody_was_faster(error: IntegrityError) -> ResponseReturnValue:
    """Two requests at once took the same address, tag or name, and each had found it free."""
    reason = str(error.orig).partition("\n")[0]  # what follows may hold what somebody typed
    log.warning("%s %s met another request: %s", request.method, shown_path(), reason)
    db.session.rollback()
    return offer_to_send_again(Conflict())


def too_many_pictures(error: Busy) -> ResponseReturnValue:
    return show(ServiceUnavailable(retry_after=error.RETRY_AFTER))


class InsufficientStorage(HTTPException):
    """RFC 4918, section 11.5."""

    code = 507
    description = "The server has no room left."


def no_room(error: OSError) -> ResponseReturnValue:
    """A full disk, a quota or a bound of the system: said as what it is. Any other is unexpected."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return unexpected(error)
    log.error("%s %s: %s", request.method, shown_path(), error.strerror)
    db.session.rollback()
    return keep_what_was_typed(InsufficientStorage())


def unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("%s %s failed", request.method, shown_path(), exc_info=error)
    # As Flask would, if nobody handled it: by this a plugin is found out, and tools that gather errors hear.
    got_request_exception.send(current_app._get_current_object(), exception=error)
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.exception("the transaction could not be rolled back")
    return keep_what_was_typed(InternalServerError())
