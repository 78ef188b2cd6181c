"""What stands on each page alike, as a newspaper's furniture does: rendered once for all visitors, as long as
the site is the same."""

from copy import copy
from typing import Any

from flask import Flask, current_app, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from broadsheet.models import Site
from broadsheet.web import themes
from broadsheet.web.current_site import current_site
from broadsheet.web.filters import get_locale

MOST = 200


def init_app(app: Flask) -> None:
    app.extensions["broadsheet_furniture"] = {}
    app.jinja_env.globals["furniture"] = furniture


@pass_context
def furniture(context: Context, template: str, **facts: Any) -> Markup:
    """`template` reads nothing but the site, our words and addresses, who is signed in, and the `facts`.

    Whoever is signed in has another, and a theme may have one that reads more: for them it is rendered anew.
    """
    site, user = current_site(), context.resolve("current_user")
    if user.is_authenticated or current_app.debug or themes.current() is not None:
        return rendered(template, context.get_all() | facts)
    kept: dict[Any, tuple[Site, Markup]] = current_app.extensions["broadsheet_furniture"]
    key = template, get_locale(), request.root_path, *facts.values()
    of_site, text = kept.get(key, (None, Markup()))
    if of_site != site:
        text = rendered(template, {"site": site, "current_user": user} | facts)
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = copy(site), text
    return text


def rendered(template: str, context: dict[str, Any]) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render(context))  # noqa: S704  our own template
