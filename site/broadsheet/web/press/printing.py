"""What is printed of one edition, and under which keys."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from math import inf
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from broadsheet.models import Site
from broadsheet.web.press.page import Page
from broadsheet.web.problems import API

ANYTHING, JSON = "*/*", "application/json"
OFFERED = (JSON, "text/markdown")
LONGEST = 500  # characters; what is cut off has no say
SET_BACK = timedelta(seconds=5)  # a clock that is merely kept right goes back by less

Environ = dict[str, Any]
Key = tuple[str, str, str, str]


class Printing:
    """What there is of one edition, and what is being made of it."""

    def __init__(
        self,
        number: int | None,
        site: Site | None = None,
        ends: datetime | None = None,
        began: datetime | None = None,
    ) -> None:
        self.number = number  # of the edition; None: it is not known
        self.site = site
        self.ends = ends  # the moment at which time alone makes another one of it
        self.began = began
        self.pages: dict[Key, Page] = {}
        self.under_way: dict[Key, UnderWay] = {}
        self.passed: set[Key] = set()  # what was asked for and is never kept, so that nobody waits for it

    def seconds_left(self, now: datetime) -> float:
        return inf if self.ends is None else (self.ends - now).total_seconds()

    def is_over(self, now: datetime) -> bool:
        """Also when the clock was set back: what was shown may not be public yet."""
        if self.began is not None and now < self.began - SET_BACK:
            return True
        return self.ends is not None and now >= self.ends


class UnderWay:
    """A page that somebody makes, for whoever waits for it."""

    def __init__(self) -> None:
        self.done = Event()
        self.page: Page | None = None


def key_of(environ: Environ) -> Key:
    """All of a request on which a public page depends, but for the coding."""
    return (
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
    )


def is_of_api(environ: Environ) -> bool:
    path: str = environ["PATH_INFO"]
    return path == API or path.startswith(f"{API}/")


def is_plain_question(environ: Environ) -> bool:
    """Whether a program asks for what any other gets: JSON, without saying who it is. (Elsewhere these
    headers mean nothing: a site may stand behind a password of its proxy's.)"""
    if "HTTP_AUTHORIZATION" in environ or "HTTP_ORIGIN" in environ:
        return False
    return likes_json(environ.get("HTTP_ACCEPT", ANYTHING))


@lru_cache(100)
def likes_json(accepted: str) -> bool:
    """As the view weighs it that has something else to offer."""
    return parse_accept_header(accepted[:LONGEST], MIMEAccept).best_match(OFFERED) == JSON


def next_midnight(now: datetime, timezone: str) -> datetime:
    """The end of the day by the site's clock."""
    zone = ZoneInfo(timezone or "UTC")
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
