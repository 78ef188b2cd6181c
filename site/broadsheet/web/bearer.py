"""Who comes with a token (RFC 6750): under /api/ alone, and there nobody comes in any other way."""

from flask import Flask, Request, g, request
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db, login
from broadsheet.models import ApiToken, Scope, User
from broadsheet.web.problems import Problem, is_for_api


def init_app(app: Flask) -> None:
    login.request_loader(load)


def load(request: Request) -> User | None:
    sent = request.headers.get("Authorization", "")
    if not is_for_api() or not sent:
        return None
    scheme, _, token = sent.partition(" ")
    known = db.session.scalar(ApiToken.known_by(token.strip()).options(joinedload(ApiToken.user)))
    if scheme.lower() != "bearer" or known is None or not known.is_alive or not known.user.is_active:
        raise refused(401, "This token opens nothing.", "invalid_token")
    g.api_token = known
    return known.user


def allows(scope: Scope) -> bool:
    """Whether the token of this request is good for it; nobody else's request is."""
    return "api_token" in g and g.api_token.allows(scope)


def demand(scope: Scope) -> None:
    if not allows(scope):
        raise refused(
            403, f"This token is not good for that: it needs the scope {scope}.", "insufficient_scope"
        )


def refused(status: int, words: str, error: str) -> Problem:
    return Problem(status, words, headers={"WWW-Authenticate": f'Bearer error="{error}"'})


def is_cookie_heeded() -> bool:
    """No cookie authenticates the API: no page of another site can use what a browser has."""
    return not request.path.startswith("/api/")
