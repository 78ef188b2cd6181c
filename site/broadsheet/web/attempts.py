"""How often somebody may try to get into an account, and what the tries are counted under.

A browser in which the owner has signed in before counts apart, so that strangers who try passwords, or even
know one, cannot keep the owner out: docs/decisions/0013 and 0048.
"""

import hashlib
from collections.abc import Iterator

from broadsheet.models import User
from broadsheet.web import known_browsers, limits

FROM_AN_ADDRESS = "40 per 15 minutes"

PASSWORDS = "10 per 15 minutes"
# Of a million codes three are right at a time; the second number bounds what a year of guessing comes to.
CODES = ("10 per 15 minutes", "50 per day")
RECOVERY_CODES = ("20 per hour",)
OWN_PASSWORD = "10 per hour"  # by somebody signed in  # noqa: S105
FIRST_CODES = "20 per hour"  # of an app that is being set up
WARNINGS = "1 per day"  # to one person, that too many codes were tried
RESET_MAILS = "3 per hour"  # to one person


def key_of_password(name: str, user: User | None) -> tuple[str, ...]:
    browser = known_browsers.of(user)
    return ("sign-in", "browser", browser) if browser else _of_name(name)


def key_of_code(user: User, way: str) -> tuple[str, ...]:
    """`way`: "app" or "recovery code"."""
    browser = known_browsers.of(user)
    return ("second step", way, "browser", browser) if browser else _of_person("second step", way, user=user)


def key_of_own_password(user: User) -> tuple[str, ...]:
    return _of_person("password", user=user)


def key_of_first_code(user: User) -> tuple[str, ...]:
    return _of_person("first code", user=user)


def key_of_warning(user: User) -> tuple[str, ...]:
    return _of_person("warning", user=user)


def key_of_reset_mail(user: User) -> tuple[str, ...]:
    return _of_person("forgot", user=user)


def unlock(user: User) -> None:
    """Forgets the tries at this account, as if there had been none."""
    for limit, key in _counted(user):
        limits.forget(limit, *key)


def _counted(user: User) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in filter(None, (user.username, user.email)):
        yield PASSWORDS, _of_name(name)
    for way, counted in (("app", CODES), ("recovery code", RECOVERY_CODES)):
        for limit in counted:
            yield limit, _of_person("second step", way, user=user)
    yield OWN_PASSWORD, key_of_own_password(user)
    yield FIRST_CODES, key_of_first_code(user)
    yield RESET_MAILS, key_of_reset_mail(user)


def _of_name(name: str) -> tuple[str, ...]:
    """By what was typed: whether it is the name of somebody must not show."""
    return "sign-in", "name", hashlib.sha256(name.lower().encode()).hexdigest()


def _of_person(*what: str, user: User) -> tuple[str, ...]:
    return (*what, "person", str(user.id))
