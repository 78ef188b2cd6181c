"""What cookies are called."""

from flask import request


def prefixed(cookie: str, prefix: str) -> str:
    """On HTTPS browsers take a cookie of such a name from us alone, over HTTPS (RFC 6265bis, 4.1.3)."""
    return prefix + cookie if request.is_secure else cookie
