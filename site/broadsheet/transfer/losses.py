"""What of a text gets lost on the way, in words for the report."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

from broadsheet.lib.markdown import Document
from broadsheet.lib.markdown.policy import is_elsewhere
from broadsheet.transfer import rewriting, shortcodes
from broadsheet.transfer.places import is_picture

_TAKEN_OUT = re.compile(r"<(script|style|iframe|object|embed|form|video|audio)\b", re.IGNORECASE)


def in_text(body: str) -> Iterator[str]:
    """What is no Markdown, and what the sanitiser will not let pass."""
    for code in shortcodes.left(body):
        yield _("“%(code)s” was left as text.", code=code)
    if _TAKEN_OUT.search(body):
        for tag in dict.fromkeys(name.lower() for name in _TAKEN_OUT.findall(rewriting.prose(body))):
            yield _("“<%(tag)s>” was taken out.", tag=tag)


def in_page(document: Document, refused: set[str]) -> Iterator[str]:
    """What the rendered text points to in vain, but for the pictures that were refused."""
    lost = [
        address
        for address in dict.fromkeys([*document.images, *document.links])
        if _leads_nowhere(address) and unquote(address) not in refused
    ]
    if pictures := [address for address in lost if is_picture(urlsplit(address).path)]:
        yield _("Missing pictures: %(names)s", names=", ".join(pictures))
    if links := [address for address in lost if address not in pictures]:
        yield _("Links to what was not brought: %(addresses)s", addresses=", ".join(links))
    if strangers := sum(map(is_elsewhere, dict.fromkeys(document.images))):
        yield _("Pictures on other sites, now links: %(count)d", count=strangers)


def _leads_nowhere(address: str) -> bool:
    return (
        not is_elsewhere(address) and address != "/" and not address.startswith(("/post/", "/uploads/", "#"))
    )
