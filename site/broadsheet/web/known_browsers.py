"""Browsers in which somebody has signed in before, known by a cookie that goes to the sign-in page alone.

Whoever tries passwords from elsewhere can use up the account's attempts, but not those of such a browser
(OWASP, "Slow down online guessing attacks with device cookies"). A sign-in in any other is mailed.
"""

import secrets
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, after_this_request, request
from itsdangerous import BadData, URLSafeTimedSerializer

from broadsheet.models import User
from broadsheet.web.cookies import prefixed
from broadsheet.web.signing import signer

COOKIE = "broadsheet_known"  # with a prefix on HTTPS
# Of the app that was set up here last. A cookie of its own: the other does not come to the page of the app:
# what it says of others who sign in here would be lost.
APP_COOKIE = "broadsheet_app"
PATH = "/login"
LIFETIME = timedelta(days=365)
PEOPLE = 5  # of one browser, as a family has them


def of(user: User | None) -> str:
    """What this browser is known by, if the person has signed in here with the present password; else ""."""
    if user is not None:
        for id, mark, nonce, _app in _known():
            if (id, mark) == (user.id, user.password_mark):
                return str(nonce)
    return ""


def has_proved(user: User) -> bool:
    """Whether the person has given a second factor here, under whatever password, since the present app is
    theirs: who only knew a password has never had such a browser."""
    app = user.app_mark
    proved = [[id, of_app] for id, _mark, _nonce, of_app in _known()]
    return bool(app) and [user.id, app] in [*proved, _read(APP_COOKIE)]


def is_new_to(user: User) -> bool:
    """Whether somebody who has signed in before has never done so here, under whatever password."""
    return user.last_signed_in_at is not None and all(id != user.id for id, *_more in _known())


def remember(user: User, *, second_factor: bool) -> None:
    """Sends the cookie along with the answer to this request; whether a second factor was given just now."""
    app = user.app_mark if second_factor or has_proved(user) else ""
    after_this_request(partial(_remember, user, app))


def remember_app(user: User) -> None:
    """The person has set the app up in this browser, which is as good as one of its codes at sign-in."""
    after_this_request(partial(_send, APP_COOKIE, [user.id, user.app_mark]))


def _remember(user: User, app: str, response: Response) -> Response:
    own = [user.id, user.password_mark, of(user) or secrets.token_hex(8), app]
    others = [entry for entry in _known() if entry[0] != user.id]
    return _send(COOKIE, [own, *others][:PEOPLE], response)


def _send(cookie: str, value: list[Any], response: Response) -> Response:
    response.set_cookie(
        prefixed(cookie, "__Secure-"),
        _signer(cookie).dumps(value),
        max_age=LIFETIME,
        path=PATH,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _known() -> list[list[Any]]:
    """(id, mark of the password, nonce, mark of the app) of each person."""
    try:
        known = _read(COOKIE)
        entries = known if isinstance(known[0], list) else [known]  # one alone, before there were several
        # Without an app before there were any.
        return [[id, mark, nonce, *(app or [""])] for id, mark, nonce, *app in entries]
    except (ValueError, TypeError, IndexError, KeyError):
        return []


def _read(cookie: str) -> Any:
    """What we wrote there; None if it was somebody else, or too long ago."""
    value = request.cookies.get(prefixed(cookie, "__Secure-"), "")
    try:
        return _signer(cookie).loads(value, max_age=int(LIFETIME.total_seconds()))
    except BadData:
        return None


def _signer(cookie: str) -> URLSafeTimedSerializer:
    return signer({COOKIE: "known browser", APP_COOKIE: "app set up in a browser"}[cookie])
