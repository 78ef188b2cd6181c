"""The last gate: what nh3 (html5ever and ammonia) lets through by the tables of policy.py."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from broadsheet.lib.lazy import lazily
from broadsheet.lib.markdown import policy
from broadsheet.lib.markdown.page import Page

if TYPE_CHECKING:
    import nh3
else:
    nh3 = lazily("nh3")


class _Now(threading.local):
    """The page that this thread is cleaning; a Cleaner is dear to make (0.2 ms), so all share one."""

    page: Page | None = None


_now = _Now()


def clean(html: str, page: Page) -> str:
    """Return `html` with only what the policy allows; notes every link of it in `page.links`.

    An id occurs once; an attribute with one of the page's placeholders goes, so that these stand in text
    alone.
    """
    _now.page = page
    try:
        return _cleaner().clean(html)
    finally:
        _now.page = None


def _filter(tag: str, name: str, value: str) -> str | None:
    page = _now.page
    if page is None or page.nonce in value:
        return None
    if name == "href":
        return _link(value, page)
    if name == "class":
        allowed = policy.CLASSES.get(tag, set())
        if page.blocks:
            return (
                " ".join(word for word in value.split() if word in allowed or policy.is_of_block(word))
                or None
            )
        return " ".join(word for word in value.split() if word in allowed) or None
    if name == "id":
        if value in page.written_ids:
            return None
        page.written_ids.add(value)
    elif name == "src":
        # The reader's browser asks nobody but this site.
        return None if policy.is_elsewhere(value) else value
    elif name in policy.FIXED:
        return value if value in policy.FIXED[name] else None
    return value


def _link(value: str, page: Page) -> str:
    if value.startswith("#"):
        return "#" + page.place(value[1:])
    # A fragment has no `#` in it (WHATWG URL, "URL writing"), as in that of a chat's `?channels=##rust`.
    address, mark, fragment = value.partition("#")
    value = address + mark + fragment.replace("#", "%23")
    page.links.append(value)
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(policy.ATTRIBUTES),
        attributes=policy.ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes=policy.SCHEMES,
        # No `rel` of our own: nothing opens a new window, and what a click tells is up to the site's
        # Referrer-Policy.
        link_rel=None,
    )
