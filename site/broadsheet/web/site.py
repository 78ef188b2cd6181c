"""The site's settings, read once a request; and the page that says it is not set up yet."""

import hmac
from typing import Any

from flask import Flask, current_app, g, has_request_context, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from broadsheet.extensions import db
from broadsheet.models import Site, User

OPEN_BEFORE_SETUP = ("account.setup", "static", "health.live", "health.ready")


def current_site() -> Site:
    if "site" not in g:
        try:
            g.site = Site.load()
        except SQLAlchemyError:
            # An error page must come out even when the database does not answer.
            db.session.rollback()
            return Site()
    found: Site = g.site
    return found


site: Site = LocalProxy(current_site)  # type: ignore[assignment]


def init_app(app: Flask) -> None:
    app.before_request(ask_for_setup)
    app.context_processor(lambda: {"site": site})


def setup_token(app: Flask) -> str:
    """The secret in the link to the set-up page. Needs no store: works while there is no admin, so once."""
    return hmac.digest(app.config["SECRET_KEY"].encode(), b"broadsheet setup", "sha256").hex()[:32]


def is_set_up() -> bool:
    # Only the yes is remembered: it stays true, and another process may bring it about.
    if not current_app.extensions.get("broadsheet_set_up"):
        current_app.extensions["broadsheet_set_up"] = User.admin_exists()
    return bool(current_app.extensions["broadsheet_set_up"])


def ask_for_setup() -> ResponseReturnValue | None:
    if request.endpoint in OPEN_BEFORE_SETUP or is_set_up():
        return None
    return render_template("errors/setting_up.html"), 503, {"Retry-After": "60", "Cache-Control": "no-store"}


def public_url(endpoint: str, **values: Any) -> str:
    """An absolute address for mails: at the configured site address, else at one known to be ours."""
    return public_address() + current_app.url_map.bind("").build(endpoint, values)


def public_address() -> str:
    """Never a Host header that merely somebody sent: a link with a secret would lead to him."""
    settings = current_app.config["BROADSHEET"]
    if settings.site_url:
        return str(settings.site_url)
    address = this_address()
    if address in site.addresses or not site.addresses or (settings.trusted_hosts and has_request_context()):
        return address
    return site.addresses[0]


def remember_address() -> None:
    site.remember_address(this_address())


def this_address() -> str:
    if has_request_context():
        return request.host_url.rstrip("/")
    settings = current_app.config["BROADSHEET"]  # a command, before anybody has signed in
    return f"http://{settings.host}:{settings.port}"
