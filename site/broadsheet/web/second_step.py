"""Between the password and the second factor: whose password was right, in the signed cookie.

It opens nothing: only the second step may be tried with it, as long as the password is the same.
"""

import time

from flask import session

from broadsheet.extensions import db
from broadsheet.models import User
from broadsheet.web import passkeys

KEY = "second_step"
SECONDS = 600


def begin(user: User, onward: str) -> None:
    """Whatever the browser held before is dropped, as at sign-in."""
    session.clear()
    session[KEY] = [user.id, user.password_mark, int(time.time()), onward]


def who() -> User | None:
    """Whose password was given in this browser within the last minutes."""
    try:
        id, mark, at, _onward = session[KEY]
    except (KeyError, ValueError):
        return None
    if time.time() - at > SECONDS:
        return None
    user = db.session.get(User, id)
    return user if user is not None and user.is_active and user.password_mark == mark else None


def ways(user: User) -> dict[str, bool]:
    """What may be proved in this browser besides a recovery code."""
    factors = user.factors
    return {"app": bool(factors.apps), "passkey": bool(factors.passkeys) and not passkeys.why_not_here()}


def onward() -> str:
    return str(session[KEY][3])
