"""Until there is an admin, every page says that the site is being set up."""

import hmac

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.lib import languages
from broadsheet.models import User
from broadsheet.web.current_site import site
from broadsheet.web.errors import wants_json

OPEN_BEFORE_SETUP = (
    *("account.setup", "static", "health.live", "health.ready", "metrics.show"),
    *("icons.show", "icons.drawing", "icons.favicon", "icons.manifest"),
)


def init_app(app: Flask) -> None:
    app.before_request(ask_for_setup)


def setup_token(app: Flask) -> str:
    """The secret in the link to the set-up page. Needs no store: works while there is no admin, so once."""
    return hmac.digest(app.config["SECRET_KEY"].encode(), b"broadsheet setup", "sha256").hex()[:32]


def is_set_up() -> bool:
    # Only the yes is remembered: it stays true, and another process may bring it about.
    if not current_app.extensions.get("broadsheet_set_up"):
        current_app.extensions["broadsheet_set_up"] = User.admin_exists()
    return bool(current_app.extensions["broadsheet_set_up"])


def ask_for_setup() -> ResponseReturnValue | None:
    if is_set_up():
        return None
    # Nobody has said yet which language the site is in: whoever sets it up reads theirs, and finds it chosen.
    site.language = request.accept_languages.best_match(languages.TAGS, site.language)
    if request.endpoint in OPEN_BEFORE_SETUP:
        return None
    headers = {"Retry-After": "60", "Cache-Control": "no-store"}
    if wants_json():
        return (
            {
                "status": 503,
                "title": _("This site is being set up"),
                "detail": _("Please come back soon."),
                "request_id": g.request_id,
            },
            503,
            headers,
        )
    return render_template("errors/setting_up.html"), 503, headers
