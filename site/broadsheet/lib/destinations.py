"""Where a link in a text leads: within the site, or out of it."""

import re
from collections.abc import Set
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

LONGEST = 2000  # characters of an address; nobody links to a longer one by hand
FRAGMENT_LENGTH = 200
HOST_LENGTH = 253  # RFC 1035, 2.3.4, without the dot at the end

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_IGNORED = re.compile(r"[\t\r\n]")  # as browsers do (WHATWG URL)
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Inward:
    """To this site: the path as written, percent-encoded, and what stands behind `#`, decoded."""

    path: str
    fragment: str


@dataclass(frozen=True, slots=True)
class Outward:
    """To another one: a whole address without its fragment, of which no server ever hears."""

    url: str
    host: str


def destination(address: str, *, base: str, hosts: Set[str]) -> Inward | Outward | None:
    """Where `address`, as it stands in the text at the path `base`, leads; None for `mailto:` and the like,
    and for what is no address.

    `hosts` are the site's own, in lower case, with a port that is not the usual one (`example.org:8000`).
    """
    address = _IGNORED.sub("", address.strip())
    if not address or len(address) > LONGEST:
        return None
    try:
        if address.startswith("//"):
            return _whole("https:" + address, hosts)
        if _SCHEME.match(address):
            return _whole(address, hosts)
        return _inward(urljoin(base, address))
    except ValueError:
        return None


def _whole(address: str, hosts: Set[str]) -> Inward | Outward | None:
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    if scheme not in _USUAL_PORTS or not parts.hostname:
        return None
    name = parts.hostname.rstrip(".").lower()
    if len(name) > HOST_LENGTH:
        return None
    port = "" if parts.port in (None, _USUAL_PORTS[scheme]) else f":{parts.port}"
    if name + port in hosts:
        return _inward(urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment)))
    shown = f"[{name}]" if ":" in name else name
    return Outward(urlunsplit((scheme, shown + port, parts.path or "/", parts.query, "")), name)


def _inward(address: str) -> Inward:
    parts = urlsplit(address)
    return Inward(parts.path or "/", unquote(parts.fragment)[:FRAGMENT_LENGTH])
