"""The address at which the site is known to be ours, for links that leave it."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, has_request_context, request

from broadsheet.config import THIS_MACHINE
from broadsheet.models import link
from broadsheet.web.addresses import path_of
from broadsheet.web.current_site import site


def init_app(app: Flask) -> None:
    app.add_template_global(canonical_url)
    link.know_hosts(own_hosts)
    app.add_template_global(absolute_url)


def canonical_url(endpoint: str, **values: Any) -> str:
    """The one address of a page that search engines shall keep.

    Without `site_url` at the host that was asked: it carries no secret, is never kept by a cache unasked, and
    where admins sign in, on a network of their own perhaps, need not be where readers come.
    """
    return absolute_url(path_of(endpoint, **values))


def address_of(content: Any) -> str:
    """The same of a text, wherever it was published first."""
    if content.kind == "post":
        return canonical_url("posts.show", id=content.id, slug=content.slug)
    return canonical_url("pages.show", slug=content.slug)


def absolute_url(path: str) -> str:
    """The same of a path of this site, such as that of a picture."""
    address = g.get("address")
    if address is None:
        address = g.address = str(current_app.config["BROADSHEET"].site_url or this_address())
    return str(address + path)


def public_url(endpoint: str, **values: Any) -> str:
    """An absolute address for mails: at the configured site address, else at one known to be ours."""
    return public_address() + path_of(endpoint, **values)


def public_address() -> str:
    """Never a Host header that merely somebody sent: a link with a secret would lead to him."""
    settings = current_app.config["BROADSHEET"]
    if settings.site_url:
        return str(settings.site_url)
    address = this_address()
    if address in site.addresses or (settings.trusted_hosts and has_request_context()):
        return address
    if site.addresses:
        return site.addresses[0]
    return address if urlsplit(address).hostname in THIS_MACHINE else own_address()


def remember_address() -> None:
    site.remember_address(this_address())


def this_address() -> str:
    if has_request_context():
        return request.host_url.rstrip("/")
    return own_address()


def own_hosts() -> frozenset[str]:
    """The names under which the site is known, as `example.org` or `example.org:8000`."""
    settings = current_app.config["BROADSHEET"]
    addresses = [settings.site_url, own_address(), *site.addresses]
    if has_request_context():
        addresses.append(this_address())
    names = [urlsplit(address).netloc.lower() for address in addresses if address]
    exact = [name.lower() for name in settings.trusted_hosts if not name.startswith(".")]
    return frozenset(name.removesuffix(":80").removesuffix(":443") for name in [*names, *exact])


def own_address() -> str:
    """Where the server listens: all that is known of a site in which no admin has signed in yet."""
    settings = current_app.config["BROADSHEET"]
    return f"http://{settings.host}:{settings.port}"
