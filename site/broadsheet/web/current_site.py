"""The site as its owner describes it, read once a request."""

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from broadsheet.extensions import db
from broadsheet.models import Site


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


site: Site = LocalProxy(current_site)  # type: ignore[assignment]  # stands for the Site that it finds


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"site": site})
