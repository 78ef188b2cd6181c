"""Whether a request was sent from one of our own pages.

Browsers say so in `Sec-Fetch-Site` (Fetch Metadata, W3C) or at least in `Origin` (RFC 6454), which a foreign
page cannot forge. It guards the forms that visitors see, where a token would need a cookie.
"""

from urllib.parse import urlsplit

from flask import abort, request


def is_from_here(*, required: bool = False) -> bool:
    """False for what a foreign page sent. A client that says nothing (a script; no browser omits both) passes
    unless `required`: it carries nobody's cookies, so there is nothing to ride on."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return not required
    return urlsplit(origin).netloc == request.host


def require_our_own_form() -> None:
    """For views exempt from the CSRF token: refuses what a foreign page sent."""
    if request.method == "POST" and not is_from_here():
        abort(400)
