"""The address at which the site is known to be ours, for links that leave it."""

from typing import Any

from flask import current_app, has_request_context, request

from broadsheet.web.current_site import site


def public_url(endpoint: str, **values: Any) -> str:
    """An absolute address for mails: at the configured site address, else at one known to be ours."""
    return public_address() + current_app.url_map.bind("").build(endpoint, values)


def public_address() -> str:
    """Never a Host header that merely somebody sent: a link with a secret would lead to him."""
    settings = current_app.config["BROADSHEET"]
    if settings.site_url:
        return str(settings.site_url)
    address = this_address()
    if address in site.addresses or not site.addresses or (settings.trusted_hosts and has_request_context()):
        return address
    return site.addresses[0]


def remember_address() -> None:
    site.remember_address(this_address())


def this_address() -> str:
    if has_request_context():
        return request.host_url.rstrip("/")
    settings = current_app.config["BROADSHEET"]  # a command, before anybody has signed in
    return f"http://{settings.host}:{settings.port}"
