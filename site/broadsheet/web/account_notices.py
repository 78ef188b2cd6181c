"""What people are told by mail of their own account, so that nothing happens to it behind their back."""

from collections.abc import Callable
from typing import Any

from babel.dates import format_datetime
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from broadsheet.lib import clock
from broadsheet.models import User
from broadsheet.models.email_change import TIME_TO_UNDO
from broadsheet.models.event import acting_now
from broadsheet.web.current_site import site
from broadsheet.web.filters import zone

# By the name of the signal, which has these details.
SENTENCES: dict[str, Callable[..., str]] = {
    "signed_in": lambda **_details: _(
        "somebody signed in to your account at %(site)s in a browser that was not known before.",
        site=site.title,
    ),
    "password_changed": lambda **_details: _(
        "the password of your account at %(site)s was changed.", site=site.title
    ),
    "email_changed": lambda **_details: _(
        "the e-mail address of your account at %(site)s was changed. This is the last mail to the old one.",
        site=site.title,
    ),
    "email_change_undone": lambda **_details: _(
        "the e-mail address of your account at %(site)s is this one again, by the link that was mailed here.",
        site=site.title,
    ),
    "authenticator_app_added": lambda **_details: _(
        "an authenticator app was set up for your account at %(site)s.", site=site.title
    ),
    "authenticator_app_removed": lambda **_details: _(
        "the authenticator app of your account at %(site)s was removed.", site=site.title
    ),
    "passkey_added": lambda passkey, **_details: _(
        "the passkey “%(passkey)s” was added to your account at %(site)s.", passkey=passkey, site=site.title
    ),
    "passkey_removed": lambda passkey, **_details: _(
        "the passkey “%(passkey)s” was removed from your account at %(site)s.",
        passkey=passkey,
        site=site.title,
    ),
    "recovery_codes_made": lambda **_details: _(
        "new recovery codes were made for your account at %(site)s; older ones are void.", site=site.title
    ),
    "recovery_code_used": lambda left, **_details: ngettext(
        "a recovery code was used to sign in to your account at %(site)s. %(num)d is left.",
        "a recovery code was used to sign in to your account at %(site)s. %(num)d are left.",
        left,
        site=site.title,
    ),
    "second_factor_failed": lambda **_details: _(
        "somebody gave the right password of your account at %(site)s and then too many wrong codes.",
        site=site.title,
    ),
    "token_created": lambda token, **_details: _(
        "the token “%(token)s”, by which a program can come in, was made for your account at %(site)s.",
        token=token,
        site=site.title,
    ),
    "second_factors_removed": lambda **_details: _(
        "all second factors were taken off your account at %(site)s: the password alone opens it.",
        site=site.title,
    ),
}


def particulars(
    user: User, signal: str, *, undo_url: str = "", is_undone_by_older: bool = False, **details: Any
) -> dict[str, Any]:
    """What the mail says: the sentence, when, from where, and by which browser if that is known."""
    moment = clock.now().astimezone(zone(user.timezone))
    browser = " · ".join(filter(None, (details.get("browser"), details.get("system"))))
    return {
        "user": user,
        "sentence": SENTENCES[signal](**details),
        "when": format_datetime(moment, "long", locale=get_locale() or "en"),
        "browser": browser,
        "address": acting_now().address,
        "undo_url": undo_url,
        "is_undone_by_older": is_undone_by_older,
        "is_revocable": signal == "token_created",
        "days_to_undo": TIME_TO_UNDO.days,
        # Whoever came in by a passkey may know no password at all.
        "is_password_known": signal == "second_factor_failed"
        or (signal == "signed_in" and details.get("by") != "passkey"),
    }
