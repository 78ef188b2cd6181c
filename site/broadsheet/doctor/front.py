"""The site as visitors reach it: at its public address, through whatever stands before it."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broadsheet.config import PREFIX, THIS_MACHINE, Settings
from broadsheet.doctor.finding import Finding, bad, good, noted

if TYPE_CHECKING:
    import httpx2
else:
    from broadsheet.lib.lazy import lazily

    httpx2 = lazily("httpx2")

PATIENCE = 5.0  # seconds
PATH = "/health/live"
SLOWLY = 2.0  # seconds in which half a request is answered, if it reaches the site
PROXY = "Put nginx before it, as docs/proxy/nginx.conf has it."


def address(settings: Settings) -> Iterator[Finding]:
    url = settings.site_url
    if not url:
        return
    try:
        answer = httpx2.get(url + PATH, timeout=PATIENCE)
    except httpx2.HTTPError as error:
        yield bad(
            "Address",
            f"{url} cannot be reached: {error}",
            "Check site_url, its name, and whether the site runs.",
        )
        return
    if answer.status_code != 200 or "application/json" not in answer.headers.get("content-type", ""):
        yield bad(
            "Address",
            f"{url}{PATH} answers {answer.status_code}, and not as Broadsheet does",
            "Check site_url, and where the proxy before it leads.",
        )
        return
    yield from _https(settings, answer) if url.startswith("https:") else _without_https(settings)


def _https(settings: Settings, answer: "httpx2.Response") -> Iterator[Finding]:
    """That an answer insists on HTTPS shows that the site knows how it was asked: a proxy has said so."""
    url = settings.site_url
    if "strict-transport-security" not in answer.headers:
        yield bad(
            "Address",
            f"at {url} the site does not know that it is asked by HTTPS",
            f"Let the proxy send X-Forwarded-Proto, and set {PREFIX}PROXY_HOPS to how many there are (now"
            f" {settings.proxy_hops}).",
        )
        return
    plain = f"http:{url.partition(':')[2]}"
    try:
        moved = httpx2.get(plain + PATH, timeout=PATIENCE, follow_redirects=False)
    except httpx2.HTTPError:
        yield good("Address", f"{url} answers; nothing answers without HTTPS")
        return
    if moved.headers.get("location", "").startswith("https:"):
        yield good("Address", f"{url} answers, and {plain} leads there")
    else:
        yield bad("Address", f"{plain} answers without HTTPS", f"Let the proxy lead from there to {url}.")


def _without_https(settings: Settings) -> Iterator[Finding]:
    yield noted(
        "Address",
        f"{settings.site_url} answers, without HTTPS: whoever listens reads passwords",
        "Put a proxy with a certificate before it; docs/guide/admins.md shows how.",
    )


def slow_visitors(settings: Settings) -> Iterator[Finding]:
    """Whether a proxy waits for those who send slowly, and so bounds how many one address may be."""
    if not settings.proxy_hops:
        if settings.site_url or settings.host not in THIS_MACHINE:
            yield noted(
                "Slow visitors",
                "no proxy stands before the site (proxy_hops is 0): nothing bounds the connections that one"
                " address may hold",
                PROXY,
            )
        return
    if not settings.site_url:
        return
    try:
        is_taken_in = not answers_half_a_request(settings.site_url)
    except (OSError, http.client.HTTPException):
        return  # the line on the address says so
    if is_taken_in:
        yield good("Slow visitors", "the proxy waits for them")
    else:
        yield noted("Slow visitors", "the proxy hands on what comes slowly, so that the site waits", PROXY)


def answers_half_a_request(url: str) -> bool:
    """The site answers such a one before its body is there; a proxy that waits for that does not."""
    parts = urlsplit(url)
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with closing(made(parts.netloc, timeout=PATIENCE)) as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", "2")
        connection.endheaders()
        connection.sock.settimeout(SLOWLY)
        try:
            return bool(connection.sock.recv(1))
        except TimeoutError:
            return False
