"""Texts for those who read elsewhere: HTML that leads back from anywhere, and XML that every parser takes."""

import re
from html import escape, unescape
from urllib.parse import unquote, urljoin

# XML 1.0, section 2.2: what may stand in a document at all, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The pipeline writes every attribute between double quotes, and a `<` of the text as `&lt;`.
_TAG = re.compile(r'</span>|<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_ADDRESS = re.compile(r'(?<=\s)(href|src|cite|poster|srcset)="([^"]*)"')
_ANCHOR = re.compile(r' ?<a\b[^>]*\bclass="anchor"[^>]*>.*?</a>', re.DOTALL)
# Of a chart the title and the table stay, unfolded: most programs take a drawing out, but not its words.
_DRAWING = re.compile(
    r'<ul class="chart-legend">.*?</ul>|<svg class="chart-drawing".*?</svg>'
    r'|<details class="chart-data"><summary>.*?</summary>(.*?)</details>',
    re.DOTALL,
)
# What this site's styles and scripts go by; away from them it says nothing.
_FURNITURE = re.compile(r'\s(?:class|tabindex|data-[a-z-]+)="[^"]*"')
_ID = re.compile(r'\sid="([^"]*)"')
_LED_TO = re.compile(r'\shref="#([^"]+)"')
_HEADERS = re.compile(r'\sheaders="([^"]*)"')
# As lib/markdown/pictures.py writes what has the browser's own controls; the name is in the link.
_PLAYED = re.compile(r'<(audio|video) controls src="([^"]*)"[^>]*><a [^>]*>([^<]*)</a></\1>')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def absolute(html: str, base: str) -> str:
    """The pipeline's HTML with whole addresses, as seen from the page at `base`.

    Without the signs by which headings offer a link to themselves, which outside their page are a stray `#`,
    without the drawings of charts, and without what only the page's own styles and scripts go by.
    """
    html = _DRAWING.sub(lambda match: match[1] or "", _ANCHOR.sub("", html))
    used = {unquote(unescape(name)) for name in _LED_TO.findall(html)}
    used.update(name for names in _HEADERS.findall(html) for name in unescape(names).split())
    spans: list[bool] = []  # the open ones: whether they still say anything

    def carried(match: re.Match[str]) -> str:
        tag = match[0]
        if tag == "</span>":
            return tag if not spans or spans.pop() else ""
        tag = _ID.sub(lambda id: id[0] if unescape(id[1]) in used else "", _FURNITURE.sub("", tag))
        if re.match(r"<span\b", tag):
            spans.append(tag != "<span>")
            if not spans[-1]:
                return ""
        return _ADDRESS.sub(lambda address: _whole(address, base), tag)

    return _TAG.sub(carried, html)


def played(html: str) -> dict[str, str]:
    """The films and sounds that stand in the pipeline's HTML: address → name, in their order."""
    found: dict[str, str] = {}
    for _tag, address, name in _PLAYED.findall(html):
        found.setdefault(unescape(address), unescape(name))
    return found


def legal(xml: str) -> str:
    """Without the characters that no XML document may hold."""
    return _ILLEGAL.sub("", xml)


def _whole(match: re.Match[str], base: str) -> str:
    name, value = match[1], unescape(match[2])
    if name == "srcset":
        parts = (part.strip().partition(" ") for part in value.split(", "))
        value = ", ".join(f"{_joined(base, address)} {size}".strip() for address, _, size in parts)
    else:
        value = _joined(base, value)
    return f'{name}="{escape(value)}"'


def _joined(base: str, address: str) -> str:
    if _SCHEME.match(address):
        return address
    try:
        return urljoin(base, address)
    except ValueError:  # such as a bracket that no IPv6 address closes
        return address
