"""Signing in and out: a row for each signed-in browser, its random token in Flask's signed cookie."""

from datetime import timedelta

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import login_user, logout_user
from sqlalchemy.orm import joinedload

from broadsheet import signals
from broadsheet.database import writing
from broadsheet.extensions import db, login
from broadsheet.models import User, UserSession, Visitor
from broadsheet.models import user_session as lifetimes
from broadsheet.models.event import happened
from broadsheet.web import requests


class Sessions(SecureCookieSessionInterface):
    """Says Secure on HTTPS, and leaves public answers without `Vary: Cookie`: caches may share them."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if response.cache_control.public and not session.modified:
            return
        super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    app.permanent_session_lifetime = lifetimes.LIFETIME + timedelta(days=1)
    login.init_app(app)
    login.anonymous_user = Visitor
    login.session_protection = None  # the row in our table is the protection
    login.user_loader(load)
    app.before_request(requests.act)


def load(token: str) -> User | None:
    """The person of a session's token, if the session is alive and the account not suspended."""
    current = db.session.scalar(UserSession.current(token).options(joinedload(UserSession.user)))
    if current is None or not current.user.is_active:
        return None
    g.user_session = current
    if current.is_due_to_be_seen:
        _see(current)
    return current.user


def _see(current: UserSession) -> None:
    # In a transaction of its own: the request that notices it may only read, or may roll back.
    current.see()
    values = {"seen_at": current.seen_at, "expires_at": current.expires_at}
    db.session.expunge(current)
    with writing(), db.engine.begin() as connection:
        table = UserSession.__table__
        connection.execute(table.update().where(table.c.id == current.id).values(**values))  # type: ignore[attr-defined]
    session.modified = True  # renews the cookie as well


def sign_in(user: User) -> None:
    """Starts a session; whatever an anonymous one held is dropped (session fixation)."""
    session.clear()
    started, user.session_token = UserSession.start(
        user, address=request.remote_addr or "", user_agent=request.user_agent.string
    )
    user.last_signed_in_at = started.seen_at if started.seen_at else None
    session.permanent = True
    login_user(user)
    g.user_session = started
    happened(signals.signed_in, user)


def sign_out(user: User) -> None:
    current = g.get("user_session")
    if current is not None:
        db.session.delete(current)
        happened(signals.signed_out, user)
    logout_user()
    session.clear()
