"""Webhooks in words: how a delivery stands, why an attempt failed, why one is switched off."""

from typing import Any

from flask_babel import lazy_gettext as _

from broadsheet.models.webhook import Because
from broadsheet.models.webhook_delivery import DeliveryState, Problem

# Which types of events stand together, by what they begin with.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Posts"), ("post",)),
    (_("Pages"), ("page",)),
    (_("Tags"), ("tag",)),
    (_("Series"), ("series",)),
    (_("Redirects"), ("redirect",)),
    (_("Media"), ("upload",)),
    (_("Messages"), ("message", "reply")),
    (_("Submissions"), ("submission",)),
    (_("People"), ("person", "account", "role")),
    (_("Site"), ("settings", "backup", "import")),
)

# With the shape of each, see static/css/states.css.
OUTCOMES: dict[str, tuple[str, Any]] = {
    DeliveryState.WAITING: ("scheduled", _("Waits")),
    DeliveryState.DELIVERED: ("published", _("Delivered")),
    DeliveryState.GIVEN_UP: ("trashed", _("Given up")),
}

PROBLEMS: dict[str, Any] = {
    Problem.STATUS: _("The answer was no success."),
    Problem.REDIRECT: _("It redirects, which is not followed: enter the address to which it leads."),
    Problem.FORBIDDEN: _("The address leads into a network that is not public."),
    Problem.UNREACHABLE: _("Nobody answers there."),
    Problem.CERTIFICATE: _("Its certificate is not valid."),
    Problem.TIMEOUT: _("Nobody answers in time."),
    Problem.GARBLED: _("What comes back is no answer of the web."),
    Problem.UNSIGNED: _(
        "The secret cannot be read, as the secret key of the site is another one: make a new secret."
    ),
}

REASONS: dict[str, Any] = {
    Because.BY_HAND: _("Somebody switched it off."),
    Because.GONE: _("The target said that it is gone for good (410)."),
    Because.DEAD: _("Nothing came through for days."),
}
