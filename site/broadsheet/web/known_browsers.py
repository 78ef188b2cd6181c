"""Browsers in which somebody has signed in before, known by a cookie that goes to the sign-in page alone.

Whoever tries passwords from elsewhere can use up the account's attempts, but not those of such a browser
(OWASP, "Slow down online guessing attacks with device cookies").
"""

import secrets
from datetime import timedelta
from functools import partial

from flask import Response, after_this_request, request
from itsdangerous import BadData, URLSafeTimedSerializer

from broadsheet.models import User
from broadsheet.web.signing import signer

COOKIE = "broadsheet_known"
PATH = "/login"
LIFETIME = timedelta(days=365)


def of(user: User | None) -> str:
    """What this browser is known by, if the person has signed in here with the present password; else ""."""
    try:
        cookie = request.cookies.get(COOKIE, "")
        id, mark, nonce = _signer().loads(cookie, max_age=int(LIFETIME.total_seconds()))
    except (BadData, ValueError, TypeError):
        return ""
    return str(nonce) if user is not None and (id, mark) == (user.id, user.password_mark) else ""


def remember(user: User) -> None:
    """Sends the cookie along with the answer to this request."""
    after_this_request(partial(_remember, user))


def _remember(user: User, response: Response) -> Response:
    response.set_cookie(
        COOKIE,
        _signer().dumps([user.id, user.password_mark, of(user) or secrets.token_hex(8)]),
        max_age=LIFETIME,
        path=PATH,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _signer() -> URLSafeTimedSerializer:
    return signer("known browser")
