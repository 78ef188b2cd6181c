"""What an answer names on this site: pages, pictures, styles, scripts."""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.transfer.frozen.live import Answer

_TAG = re.compile(r"""<[a-z][a-z0-9]*\s(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s(href|src|srcset|poster|action)="([^"]*)\"""")
_IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?(/[^"')]+)""")
_IN_SCRIPT = re.compile(r"""(?:\bfrom|\bimport|import\()\s*["'](\.?/[^"']+)["']""")
_IN_JSON = re.compile(r'"(/[^"\s]*)"')


class Link(NamedTuple):
    to: str  # begins with a slash
    is_followed: bool = True  # by a reader; else it is only named


def links_in(answer: Answer, address: str, url: str) -> Iterator[Link]:
    text = answer.text
    if not text:
        return
    if answer.is_html:
        yield from _in_html(text, url)
    elif answer.media_type == "text/css":
        yield from map(Link, _IN_STYLE.findall(text))
    elif answer.media_type.endswith("javascript"):
        folder = address.rpartition("/")[0]
        for name in _IN_SCRIPT.findall(text):
            yield Link(f"{folder}/{name.removeprefix('./')}" if name.startswith(".") else name)
    elif answer.media_type == "application/manifest+json":
        yield from map(Link, _IN_JSON.findall(text))
    # Whole addresses: in feeds, sitemaps, and what a page's head says to other programs. In a feed, what ends
    # one in HTML is itself escaped.
    for path in re.findall(re.escape(url) + r"(/(?:[^\s\"'<>\\)\]}&]|&amp;)*)", text):
        yield Link(html.unescape(path), False)


def _in_html(text: str, url: str) -> Iterator[Link]:
    for tag in _TAG.findall(text):
        for name, value in _ATTRIBUTE.findall(tag):
            for each in html.unescape(value).split(",") if name == "srcset" else [html.unescape(value)]:
                target = each.split()[0] if each.split() else ""
                target = target.removeprefix(url) if target.startswith(f"{url}/") else target
                if target.startswith("/") and not target.startswith("//") and name != "action":
                    yield Link(target)
    for style in re.findall(r"<style>(.*?)</style>", text, re.DOTALL):
        yield from map(Link, _IN_STYLE.findall(style))
