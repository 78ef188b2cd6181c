"""The site as visitors reach it: at its public address, through whatever stands before it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from broadsheet.config import PREFIX, Settings
from broadsheet.doctor.finding import Finding, bad, good, noted

if TYPE_CHECKING:
    import httpx2
else:
    from broadsheet.lib.lazy import lazily

    httpx2 = lazily("httpx2")

PATIENCE = 5.0  # seconds
PATH = "/health/live"


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
