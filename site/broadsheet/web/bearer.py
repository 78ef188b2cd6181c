"""Who comes with a token (RFC 6750): under /api/ alone, where nobody comes in by a cookie.

Asked before anything is read: a body may be large and come slowly, and who sends it must be known by then. No
transaction waits meanwhile.
"""

import logging
from datetime import datetime

from flask import Flask, current_app, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.exceptions import TooManyRequests

from broadsheet.database import reading, writing
from broadsheet.extensions import db
from broadsheet.lib import api_tokens, clock
from broadsheet.lib.networks import network_of
from broadsheet.models import ApiToken, Scope, Visitor
from broadsheet.models.api_token import TokenState
from broadsheet.web import attempts, limits
from broadsheet.web.lifecycle import READ_METHODS
from broadsheet.web.problems import Problem, is_for_api

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.before_request(authenticate)


def is_cookie_heeded() -> bool:
    """Not by the API, nor by what else is below /api/: no page of another site can use what a browser has."""
    return not request.path.startswith("/api/")


def allows(scope: Scope) -> bool:
    """Whether the token of this request is good for it; no request without one is."""
    return "api_token" in g and g.api_token.allows(scope)


def demand(scope: Scope) -> None:
    if not allows(scope):
        words = f"This token is not good for that: it needs the scope {scope}."
        raise refused(403, words, error="insufficient_scope", scope=scope)


def demand_token() -> None:
    if "api_token" not in g:
        raise refused(401, "Send a token with it, as in “Authorization: Bearer bsh_…”.")


def authenticate() -> None:
    # Where the API does not answer, nothing is told of a token, nor written down.
    if not is_for_api() or current_app.config["BROADSHEET"].only not in ("", "api"):
        return
    g._login_user = Visitor()  # Flask-Login keeps its answer here, and looks for no cookie then
    token = sent_token()
    if token is None:
        return
    found = good(token)
    slow_down(found)
    if found.is_due_to_be_seen:
        see(found)
    g.api_token, g._login_user = found, found.user


def sent_token() -> str | None:
    """Another scheme is for somebody before us: a proxy that asks for a password, say."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def good(token: str) -> ApiToken:
    """Whoever has sent many bad ones has to wait. But a token that came from there before still comes in:
    nobody keeps another's program out."""
    found, place = known(token), network_of(request.remote_addr)
    problem = what_is_wrong(token, found)
    if found is not None and not problem and network_of(found.last_address) == place:
        return found
    key = attempts.key_of_bad_tokens(place)
    wait = limits.wait_for(attempts.BAD_TOKENS, *key)
    if wait:
        raise TooManyRequests("Too many bad tokens came from this address.", retry_after=wait)
    if found is None or problem:
        limits.count(attempts.BAD_TOKENS, *key)
        log.warning("a token was refused: %s", problem)
        raise refused(401, problem, error="invalid_token")
    return found


def known(token: str) -> ApiToken | None:
    if not api_tokens.is_well_formed(token):
        return None
    with reading():
        found = db.session.scalar(ApiToken.known_by(token).options(joinedload(ApiToken.user)))
        db.session.commit()
    return found


def what_is_wrong(token: str, found: ApiToken | None) -> str:
    if not api_tokens.REGEX.fullmatch(token):
        return "This is no token: one is bsh_ and 38 letters and digits."
    if not api_tokens.is_well_formed(token):
        return "This token is mistyped or cut off: its checksum is not right."
    if found is None:
        return "This token is not known here, or is no more."
    if found.state is TokenState.REVOKED:
        return f"This token was revoked at {said(found.revoked_at)}."
    if found.state is TokenState.EXPIRED:
        return f"This token expired at {said(found.expires_at)}."
    return "" if found.user.is_active else "The account of this token is suspended."


def said(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""


def slow_down(token: ApiToken) -> None:
    settings = current_app.config["BROADSHEET"]
    most, what = (
        (settings.api_reads, "reads") if request.method in READ_METHODS else (settings.api_writes, "writes")
    )
    wait = limits.count(f"{most} per minute", "api", what, str(token.id))
    if wait:
        raise TooManyRequests(f"A token has {most} {what} a minute.", retry_after=wait)


def see(token: ApiToken) -> None:
    """In a transaction of its own: the request may only read, or come to nothing."""
    values = {"last_used_at": clock.now(), "last_address": (request.remote_addr or "")[:64]}
    table = db.metadata.tables[ApiToken.__tablename__]
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == token.id).values(**values))
    except OperationalError as error:
        log.warning("the use of a token could not be noted: %s", error.orig)
        return
    for name, value in values.items():
        set_committed_value(token, name, value)


def refused(status: int, words: str, **challenge: str) -> Problem:
    """With a `WWW-Authenticate` that says why (RFC 6750, section 3)."""
    told = ", ".join(f'{name}="{value}"' for name, value in challenge.items())
    return Problem(status, words, headers={"WWW-Authenticate": f"Bearer {told}".strip()})
