"""Texts for those who read elsewhere: HTML that leads back from anywhere, and XML that every parser takes."""

import re
from html import escape, unescape
from urllib.parse import urljoin

# XML 1.0, section 2.2: what may stand in a document at all, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The pipeline writes every attribute between double quotes, and a `<` of the text as `&lt;`.
_TAG = re.compile(r'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_ADDRESS = re.compile(r'(?<=\s)(href|src|cite|poster|srcset)="([^"]*)"')
_ANCHOR = re.compile(r' ?<a\b[^>]*\bclass="anchor"[^>]*>.*?</a>', re.DOTALL)
# The table behind a chart stays: most programs take a drawing out, but not the words in it.
_DRAWING = re.compile(r'<svg class="chart-drawing".*?</svg>', re.DOTALL)
# As lib/markdown/pictures.py writes what has the browser's own controls; the name is in the link.
_PLAYED = re.compile(r'<(audio|video) controls src="([^"]*)"[^>]*><a [^>]*>([^<]*)</a></\1>')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def absolute(html: str, base: str) -> str:
    """The pipeline's HTML with whole addresses, as seen from the page at `base`.

    Without the signs by which headings offer a link to themselves, which outside their page are a stray `#`,
    and without the drawings of charts.
    """
    html = _DRAWING.sub("", _ANCHOR.sub("", html))
    return _TAG.sub(lambda tag: _ADDRESS.sub(lambda match: _whole(match, base), tag[0]), html)


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
