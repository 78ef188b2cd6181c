"""Links to elsewhere that people enter by hand."""

from urllib.parse import urlsplit


def is_outward_link(url: str) -> bool:
    """Whether it is a whole `https:`, `http:` or `mailto:` address, safe to put into an href."""
    if "\\" in url or any(character.isspace() or not character.isprintable() for character in url):
        return False
    try:
        parts = urlsplit(url)
        if parts.scheme == "mailto":
            return "@" in parts.path.strip("@")
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
