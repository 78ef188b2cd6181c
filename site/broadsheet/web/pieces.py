"""Pieces of a page that are rendered once for all visitors, as long as the site and the year are the same:
its furniture, as a newspaper calls what stands on each page alike, and the stories of its lists."""

from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from broadsheet.lib import clock
from broadsheet.models import Site
from broadsheet.models.story import Story
from broadsheet.web import themes
from broadsheet.web.current_site import current_site
from broadsheet.web.filters import get_locale, zone

MOST = 500  # of a kilobyte or two

Macro = Callable[..., Markup]


class Surroundings(NamedTuple):
    """All that a piece depends on but its own facts."""

    site: Site
    locale: Any
    root_path: str
    year: int  # the dates of others name theirs


class Kept:
    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings._replace(site=copy(surroundings.site))
        self.furniture: dict[Any, Markup] = {}
        self.stories: dict[Any, tuple[Story, Markup]] = {}


def init_app(app: Flask) -> None:
    app.extensions["broadsheet_pieces"] = None
    app.jinja_env.globals["furniture"] = furniture
    app.jinja_env.globals["kept"] = story


@pass_context
def furniture(context: Context, template: str, **facts: Any) -> Markup:
    """`template` reads nothing but the site, our words and addresses, who is signed in, and the `facts`.

    Whoever is signed in has another, and a theme may have one that reads more: for them it is rendered anew.
    """
    user = context.resolve("current_user")
    if user.is_authenticated or not (kept := _kept()):
        return rendered(template, context.get_all() | facts)
    key = template, *facts.items()
    if (text := kept.furniture.get(key)) is None:
        text = rendered(template, {"site": current_site(), "current_user": user} | facts)
        _put(kept.furniture, key, text)
    return text


def story(macro: Macro, story: Story, **options: Any) -> Markup:
    """What `macro` makes of a story: it reads nothing but that, the site, our words, and the `options`."""
    if not isinstance(story, Story) or not (kept := _kept()):
        return macro(story, **options)
    key = macro, story.id, *options.items()
    of, text = kept.stories.get(key, (None, Markup()))
    if of is None or not of.is_same_as(story):
        text = macro(story, **options)
        _put(kept.stories, key, (story, text))
    return text


def rendered(template: str, context: dict[str, Any]) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render(context))  # noqa: S704  our own template


def _kept() -> Kept | None:
    """What is kept of this request's surroundings; None if all is to be rendered anew."""
    kept: Kept | None = g.get("pieces")
    if kept is None and not current_app.debug and themes.current() is None:
        here = Surroundings(
            current_site(), get_locale(), request.root_path, clock.now().astimezone(zone()).year
        )
        kept = current_app.extensions["broadsheet_pieces"]
        if kept is None or kept.surroundings != here:
            kept = current_app.extensions["broadsheet_pieces"] = Kept(here)
        g.pieces = kept
    return kept


def _put(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = value
