"""Links that people enter by hand, or that come with a request."""

from urllib.parse import urlsplit


def is_outward_link(url: str) -> bool:
    """Whether it is a whole `https:`, `http:` or `mailto:` address, safe to put into an href."""
    if _is_garbled(url):
        return False
    try:
        parts = urlsplit(url)
        if parts.scheme == "mailto":
            return "@" in parts.path.strip("@")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_web_address(url: str) -> bool:
    """Whether it is a whole `https:` or `http:` address."""
    return is_outward_link(url) and urlsplit(url).scheme != "mailto"


def is_path(url: str) -> bool:
    """Whether it is a path of this site. Browsers take `//`, `/\\` and `/<tab>/` for a host (WHATWG URL)."""
    return url.startswith("/") and not url.startswith("//") and not _is_garbled(url)


def _is_garbled(url: str) -> bool:
    return "\\" in url or any(character.isspace() or not character.isprintable() for character in url)
