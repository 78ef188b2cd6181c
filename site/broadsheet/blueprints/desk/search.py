"""What somebody asks a list of the desk for: words, and a view of it."""

from collections.abc import Container

from flask import request
from flask_babel import gettext as _

from broadsheet.web.fields import line

LONGEST_SEARCH = 200


def wanted_words() -> str:
    return line(request.args.get("q"))[:LONGEST_SEARCH]


def wanted_view(name: str, views: Container[str], problems: list[str], usual: str = "") -> str:
    """What the address, or a form on the list, names `name`; a view that does not exist is a problem: nothing
    is listed then, and the page tells it (422)."""
    wanted = request.values.get(name) or usual
    if wanted in views:
        return wanted
    problems.append(_("There is no view “%(name)s”.", name=wanted[:40]))
    return usual
