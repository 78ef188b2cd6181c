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
# Of a million codes three are right at a time. However patiently somebody guesses who has the password, from
# however many browsers, a hundred wrong ones are the end until there is a new one (NIST SP 800-63B, 5.2.2):
# one guesser of 3,300 hits. A new password begins both bounds anew, but who reads the owner's mail could set
# one after the other: hence the third.
CODES = "10 per 15 minutes"
WRONG_CODES = ("50 per day", "100 per 30 days", "100 per day")
RECOVERY_CODES = "20 per hour"
OWN_PASSWORD = "10 per hour"  # by somebody signed in  # noqa: S105
FIRST_CODES = "20 per hour"  # of an app that is being set up
WARNINGS = "1 per day"  # to one person, that too many codes were tried
BAD_TOKENS = "60 per 15 minutes"  # of programs, from one network
RESET_MAILS = "3 per hour"  # to one person
EMAIL_CHANGES = "5 per day"  # of one person, each a mail to an address that may be a stranger's

KNOWN, OTHERS = "known browsers", "other browsers"


def key_of_password(name: str, user: User | None) -> tuple[str, ...]:
    browser = known_browsers.of(user)
    return ("sign-in", "browser", browser) if browser else _of_name(name)


def key_of_code(user: User, way: str) -> tuple[str, ...]:
    """`way`: "app" or "recovery code". The browsers in which the owner has proved the present app are counted
    together, all others are, too: more browsers are no more tries."""
    return _of_code(user, way, _browsers(user))


def keys_of_wrong_codes(user: User) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(limit, key); a new password begins all but the last anew, for whoever guessed had the former."""
    return _of_wrong_codes(user, _browsers(user))


def key_of_own_password(user: User) -> tuple[str, ...]:
    return _of_person("password", user=user)


def key_of_first_code(user: User) -> tuple[str, ...]:
    return _of_person("first code", user=user)


def key_of_warning(user: User) -> tuple[str, ...]:
    return _of_person("warning", user=user)


def key_of_reset_mail(user: User) -> tuple[str, ...]:
    return _of_person("forgot", user=user)


def key_of_email_changes(user: User) -> tuple[str, ...]:
    return _of_person("e-mail changes", user=user)


def key_of_bad_tokens(place: str) -> tuple[str, ...]:
    return "api", "bad tokens", place


def unlock(user: User) -> None:
    """Forgets the tries at this account, as if there had been none."""
    for limit, key in _counted(user):
        limits.forget(limit, *key)


def _counted(user: User) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in filter(None, (user.username, user.email)):
        yield PASSWORDS, _of_name(name)
    for browsers in (KNOWN, OTHERS):
        yield CODES, _of_code(user, "app", browsers)
        yield RECOVERY_CODES, _of_code(user, "recovery code", browsers)
        yield from _of_wrong_codes(user, browsers)
    yield OWN_PASSWORD, key_of_own_password(user)
    yield FIRST_CODES, key_of_first_code(user)
    yield RESET_MAILS, key_of_reset_mail(user)
    yield EMAIL_CHANGES, key_of_email_changes(user)


def _of_name(name: str) -> tuple[str, ...]:
    """By what was typed: whether it is the name of somebody must not show."""
    return "sign-in", "name", hashlib.sha256(name.lower().encode()).hexdigest()


def _browsers(user: User) -> str:
    return KNOWN if known_browsers.has_proved(user) else OTHERS


def _of_code(user: User, way: str, browsers: str) -> tuple[str, ...]:
    return _of_person("second step", way, browsers, user=user)


def _of_wrong_codes(user: User, browsers: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    *until_a_new_password, whatever_the_password = WRONG_CODES
    key = _of_person("wrong codes", browsers, user=user)
    of_this_one = (*key, user.password_mark)
    return *((limit, of_this_one) for limit in until_a_new_password), (whatever_the_password, key)


def _of_person(*what: str, user: User) -> tuple[str, ...]:
    return (*what, "person", str(user.id))
