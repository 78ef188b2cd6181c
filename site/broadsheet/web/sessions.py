"""Signing in and out: a row for each signed-in browser, its random token in Flask's signed cookie.

Without its row the cookie is worth nothing: a stolen one is dead after sign-out, revocation, a new password
or a suspension.
"""

import logging
from datetime import timedelta

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import current_user, login_user, logout_user
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from broadsheet import signals
from broadsheet.database import writing
from broadsheet.extensions import db, login
from broadsheet.lib import clock
from broadsheet.lib.browsers import browser_of
from broadsheet.models import Ability, User, UserSession, Visitor
from broadsheet.models import user_session as lifetimes
from broadsheet.models.event import happened
from broadsheet.web import known_browsers, lifecycle
from broadsheet.web.bearer import is_cookie_heeded
from broadsheet.web.cookies import prefixed
from broadsheet.web.public_address import remember_address

log = logging.getLogger(__name__)


class Sessions(SecureCookieSessionInterface):
    """On HTTPS the cookie says Secure, and by its name that no other host has set it (RFC 6265bis, 4.1.3).
    Public answers stay without `Vary: Cookie`: caches may share them."""

    def get_cookie_name(self, app: Flask) -> str:
        return prefixed(super().get_cookie_name(app), "__Host-")

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not is_cookie_heeded():
            return self.session_class()
        # Most readers bring none: what would check its signature need not be made.
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_cookie_heeded():
            return
        # A private answer to somebody without a session needs no such header either: no cache shares it.
        if not session.modified and (response.cache_control.public or not session):
            return
        super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    app.permanent_session_lifetime = lifetimes.LIFETIME + timedelta(days=1)
    login.init_app(app)
    login.anonymous_user = Visitor
    app.jinja_env.globals["current_user"] = current_user  # for macros, which are imported without a context
    login.session_protection = None  # the row in our table is the protection
    login.user_loader(load)
    app.before_request(lifecycle.act)


def load(token: str) -> User | None:
    """The person of a session's token, if the session is alive and the account not suspended."""
    current = db.session.scalar(UserSession.current(token).options(joinedload(UserSession.user)))
    if current is None or not current.user.is_active:
        return None
    g.user_session = current
    if current.is_due_to_be_seen and request.method in lifecycle.READ_METHODS:
        _see(current)
    return current.user


def _see(current: UserSession) -> None:
    # In a transaction of its own, for the request only reads. One that writes holds SQLite's write lock
    # already and would wait for itself; it leaves this to the next page.
    now = clock.now()
    values = {"seen_at": now, "expires_at": now + lifetimes.LIFETIME}
    table = db.metadata.tables[UserSession.__tablename__]
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == current.id).values(**values))
    except OperationalError as error:
        log.warning("a session could not be renewed: %s", error.orig)
        return
    for name, value in values.items():
        set_committed_value(current, name, value)
    session.modified = True  # renews the cookie as well


def sign_in(
    user: User, *, by: str = "password", second_factor: bool = False, new_place: bool = False
) -> None:
    """Starts a session; whatever the browser held before is dropped (session fixation).

    `by` is the last thing that was asked for: "password", "app", "recovery code" or "passkey".
    """
    has_proved = second_factor or by != "password"
    end_current()
    UserSession.forget_expired()
    started, user.session_token = UserSession.start(
        user,
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
        second_factor=has_proved,
    )
    user.last_signed_in_at = clock.now()
    session.permanent = True
    login_user(user)
    g.user_session = started
    lifecycle.act()
    known_browsers.remember(user, second_factor=has_proved)
    if user.can(Ability.CHANGE_SETTINGS):
        remember_address()
    browser, system = browser_of(request.user_agent.string)
    happened(
        signals.signed_in,
        user,
        by=by,
        new_place=new_place,
        browser=browser,
        system=system,
    )


def confirm() -> None:
    """Somebody has said once more who it is; whoever has the cookie of before is out."""
    session["_user_id"] = current_user.session_token = g.user_session.confirm()


def sign_out(user: User) -> None:
    end_current()
    logout_user()
    happened(signals.signed_out, user)


def end_current() -> None:
    current = g.pop("user_session", None)
    if current is not None and inspect(current).persistent and current not in db.session.deleted:
        db.session.delete(current)
    session.clear()


def landing(user: User) -> str:
    """The endpoint at which somebody who has just signed in arrives."""
    return "desk.home" if user.can(Ability.WRITE) else "home.index"
