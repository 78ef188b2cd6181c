"""The site as its owner describes it, read once a request."""

from flask import Flask, g
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from broadsheet.extensions import db
from broadsheet.models import Site

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
            found = g.site = Site.load()
        except SQLAlchemyError:
            # An error page must come out even when the database does not answer.
            db.session.rollback()
            return Site()
    return found


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
