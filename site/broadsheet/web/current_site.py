"""The site as its owner describes it, read once a request, and for visitors once an edition."""

from copy import copy

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.local import LocalProxy

from broadsheet.database import is_reading
from broadsheet.extensions import db
from broadsheet.models import Site
from broadsheet.web.press.sheet import EDITION

# A site's first sections, in the language of its words until the owner names them otherwise.
FIRST_SECTIONS = {
    ("Home", "/"): _l("Home"),
    ("Archive", "/archive"): _l("Archive"),
    ("About", "/about"): _l("About"),
    ("Contact", "/contact"): _l("Contact"),
}


def current_site() -> Site:
    found: Site | None = g.get("site")
    if found is None:
        try:
            found = g.site = _of_this_edition()
        except SQLAlchemyError as error:
            # Who would write has waited for the lock, and the view would wait as long once more.
            if isinstance(error, OperationalError) and has_request_context() and not is_reading():
                raise
            # An error page must come out even when the database does not answer.
            db.session.rollback()
            return Site()
    return found


def hold_site() -> Site:
    """As it is stored now, and for all that this request does; nobody else changes it before the commit."""
    g.site = Site.load(held=True)
    return g.site


def _of_this_edition() -> Site:
    """As long as the edition is the same, so are the settings. Each request has a copy: some try others."""
    edition = request.environ.get(EDITION) if has_request_context() else None
    if edition is None:
        return Site.load()
    of_edition, found = current_app.extensions.get("broadsheet_site", (None, None))
    if of_edition != edition:
        found = Site.load()
        current_app.extensions["broadsheet_site"] = edition, found
    return copy(found)


site: Site = LocalProxy(current_site)  # type: ignore[assignment]  # stands for the Site that it finds


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"site": current_site()})
    app.jinja_env.globals["site"] = site  # for macros, which are imported without a page's context
    app.jinja_env.globals["sections"] = sections


def sections() -> list[dict[str, str]]:
    """The navigation, label and address."""
    return [
        {"label": str(FIRST_SECTIONS.get((one["label"], one["url"]), one["label"])), "url": one["url"]}
        for one in site.navigation
    ]
