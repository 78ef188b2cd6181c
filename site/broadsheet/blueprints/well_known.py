"""What programs ask every site for at an address that is everywhere the same."""

from flask import Blueprint, Response, abort

from broadsheet.web.current_site import site
from broadsheet.web.public_address import canonical_url

blueprint = Blueprint("well_known", __name__)

# Nothing to find there, and nothing that a crawler shall spend time on: doors, forms, results of a search.
CLOSED = ("/desk", "/account", "/login", "/password/", "/preview/", "/search?")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """RFC 9309. It hides nothing: what nobody may see is not shown, whoever asks."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    if site.robots:
        lines += [*site.robots.strip().splitlines(), ""]
    lines.append(f"Sitemap: {canonical_url('sitemap.index')}")
    return text(lines)


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """RFC 9116: to whom a hole is reported."""
    if not site.security_contact or not site.security_expires:
        abort(404)
    is_mail = "@" in site.security_contact and "://" not in site.security_contact
    return text(
        [
            f"Contact: {'mailto:' if is_mail else ''}{site.security_contact}",
            f"Expires: {site.security_expires}T00:00:00Z",
            f"Preferred-Languages: {site.language}",
            f"Canonical: {canonical_url('well_known.security')}",
        ]
    )


def text(lines: list[str]) -> Response:
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
