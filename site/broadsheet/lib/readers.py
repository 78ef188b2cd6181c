"""Whether a request was a person's who reads, as far as its headers tell."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

# What browsers begin their name with; programs mostly do not bother.
BROWSER = re.compile(r"(?:Mozilla|Opera|Lynx|w3m|Links|ELinks|Dillo|NetSurf)[/ (]")
# Words of those that fetch without reading: crawlers, previews, monitors, libraries, windowless browsers.
PROGRAM = re.compile(
    r"bot|crawl|spider|slurp|archiv|scrap|fetch|scan|index|monitor|uptime|pingdom|check|validat|preview|feed"
    r"|rss|facebookexternalhit|whatsapp|telegram|embedly|lighthouse|headless|phantomjs|puppeteer|playwright"
    r"|selenium|curl|wget|python|java/|perl|ruby|php|go-http|okhttp|axios|node-fetch|http-?client",
    re.IGNORECASE,
)
HOST = re.compile(r"(?=.{1,200}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


LONGEST_HOST = 300  # characters; DNS allows fewer
Place = tuple[str, str]  # path and host, as WSGI hands them on


def place_of(environ: Mapping[str, Any]) -> Place:
    return environ["PATH_INFO"], environ.get("HTTP_HOST", "")[:LONGEST_HOST]


@lru_cache(maxsize=1024)  # a site meets few of them again and again
def is_browser(user_agent: str) -> bool:
    return bool(BROWSER.match(user_agent)) and not PROGRAM.search(user_agent)


def is_reading(environ: Mapping[str, Any]) -> bool:
    """Whether somebody wanted to see the page now: no browser that fetches ahead, no script, no frame.

    Of a request as WSGI tells it. Sources: the Fetch standard (Sec-Purpose, Sec-Fetch-Dest); Purpose and
    X-Moz are older browsers' names.
    """
    if "HTTP_SEC_PURPOSE" in environ or "HTTP_PURPOSE" in environ or "HTTP_X_MOZ" in environ:
        return False
    return environ.get("HTTP_SEC_FETCH_DEST") in (None, "document")


@lru_cache(maxsize=1024)
def host_of(referrer: str) -> str:
    """The host in a Referer, in small letters, without `www.`; `""` if there is none in it."""
    try:
        host = (urlsplit(referrer[:2000]).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return host if HOST.fullmatch(host) else ""
