"""The desk's navigation: a table of what there is, of which each role sees what it may use."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.local import LocalProxy

from broadsheet.models import Message, Submission
from broadsheet.web.access import row_of


class Item(NamedTuple):
    endpoint: str
    label: Any
    icon: str
    waiting: Callable[[], int] | None = None


MENU: dict[Any, tuple[Item, ...]] = {
    "": (
        Item("desk.home", _("Today"), "today"),
        Item("desk.posts.index", _("Posts"), "posts"),
        Item("desk.pages.index", _("Pages"), "pages"),
        Item("desk.uploads.index", _("Media"), "media"),
        Item("desk.tags.index", _("Tags"), "tags"),
        Item("desk.series.index", _("Series"), "series"),
    ),
    _("Incoming"): (
        Item("desk.messages.index", _("Messages"), "messages", Message.count_unread),
        Item("desk.submissions.index", _("Submissions"), "submissions", Submission.count_waiting),
    ),
    _("Site"): (
        Item("desk.navigation.edit", _("Navigation"), "navigation"),
        Item("desk.outgoing_links.index", _("Links"), "links"),
        Item("desk.redirects.index", _("Redirects"), "redirects"),
        Item("desk.people.index", _("People"), "people"),
        Item("desk.appearance.edit", _("Appearance"), "appearance"),
        Item("desk.settings.edit", _("Settings"), "settings"),
        Item("desk.themes.index", _("Themes"), "media"),
        Item("desk.plugins.index", _("Plugins"), "media"),
        Item("desk.webhooks.index", _("Webhooks"), "links"),
        Item("desk.activity.index", _("Activity"), "activity"),
        Item("desk.errors.index", _("Errors"), "activity"),
    ),
}


def whole() -> dict[Any, tuple[Item, ...]]:
    """With what plugins add."""
    pages = current_app.extensions["broadsheet_plugins"].desk_pages()
    return MENU | {_("From plugins"): tuple(Item(endpoint, label, "") for endpoint, label in pages)}


def groups() -> list[dict[str, Any]]:
    if "desk_nav" not in g:
        g.desk_nav = [group for label, items in whole().items() if (group := _group(label, items))["items"]]
    return g.desk_nav


# Asked for only by the layout of the desk: a preview or an error page counts no messages.
desk_nav = LocalProxy(groups)


def _group(label: Any, items: tuple[Item, ...]) -> dict[str, Any]:
    return {"label": label, "items": list(_open_to_user(items))}


def _open_to_user(items: tuple[Item, ...]) -> Iterator[dict[str, Any]]:
    for item in items:
        if not current_user.can(row_of(item.endpoint)):
            continue
        url = url_for(item.endpoint)
        yield {
            "label": item.label,
            "url": url,
            "icon": item.icon,
            "count": item.waiting() if item.waiting else None,
            "current": _is_current(url),
        }


def _is_current(url: str) -> bool:
    # The desk's own address is the beginning of all the others.
    return request.path == url or (url != "/desk" and request.path.startswith(f"{url}/"))
