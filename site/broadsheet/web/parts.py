"""A part of the site by itself: its readers' pages, its desk or its API (`run --only public`).

Which part answers is told by the first word of an address, so that a proxy before them can tell it as well
(docs/proxy/nginx-parts.conf). A part knows the addresses of the others, which it builds for its links, but
never matches them: to whoever asks, they are not there. Why: docs/decisions/0063.
"""

from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.routing import Map, Rule

# The readers' part has all the rest, and so whatever a plugin adds elsewhere.
OF_PARTS = {
    **dict.fromkeys(
        ("account", "desk", "invitation", "login", "logout", "password", "preview", "setup"), "desk"
    ),
    "api": "api",
}
# What a page of any part is made with, and what watches a process.
EVERYWHERE = frozenset(
    {
        *("health", "metrics", "static", "uploads", "theme", "icon", "favicon.ico", "manifest.webmanifest"),
        *("apple-touch-icon.png", "apple-touch-icon-precomposed.png"),
    }
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# All that readers send. To look for something is to read.
SENT_BY_READERS = frozenset({"contact.create", "submit.create"})
WHOLE = "broadsheet_every_address"


def init_app(app: Flask) -> None:
    """Before anything is put on the map but the static files."""
    if only := app.config["BROADSHEET"].only:
        app.url_rule_class = partial(rule, only)


def rule(part: str, path: str, *, endpoint: str, methods: AbstractSet[str], **options: Any) -> Rule:
    """One that is matched if it is of this part, and from which addresses are built in any case."""
    taken = methods
    if part == "public" and endpoint not in SENT_BY_READERS:
        taken = methods & READING
    is_served = part_of(path) in (part, None) and bool(taken - {"OPTIONS"})
    return Rule(
        path,
        endpoint=endpoint,
        methods=taken if is_served else methods,
        build_only=not is_served,
        **options,
    )


def part_of(path: str) -> str | None:
    """The part that answers there; None if each of them does."""
    word = path.split("/", 2)[1]
    return None if word in EVERYWHERE else OF_PARTS.get(word, "public")


def every_address(app: Flask) -> Map:
    """That of all parts: what stands at an address, whichever of them answers there."""
    if not app.config["BROADSHEET"].only:
        return app.url_map
    whole: Map | None = app.extensions.get(WHOLE)
    if whole is None:
        rules = (
            Rule(one.rule, **one.get_empty_kwargs() | {"build_only": False})
            for one in app.url_map.iter_rules()
        )
        whole = app.extensions[WHOLE] = Map(list(rules), converters=app.url_map.converters)
    return whole
