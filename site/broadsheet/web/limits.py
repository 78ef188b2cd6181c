"""How often somebody may do something: the counters behind `@limiter.limit`, shared by all worker processes.

They live in `instance/limits.sqlite3`, or in Redis when the setting `redis_url` names one.
"""

import math
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from flask import Flask, Response
from limits import RateLimitItem, parse
from limits.storage import Storage

from broadsheet.extensions import limiter
from broadsheet.lib.counters import Counters

SCHEME = "broadsheet-sqlite"

PREVIEWS = "120 per minute"  # of one person: a live one follows each pause of typing


def init_app(app: Flask) -> None:
    settings = app.config["BROADSHEET"]
    file = Path(settings.instance) / "limits.sqlite3"
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or f"{SCHEME}://{quote(file.as_posix())}"
    # While Redis is away each process counts for itself: a limit that is too wide is better than no site.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)
    app.after_request(say_when)


class SQLiteStorage(Storage):
    """What `limits` asks of a storage for fixed windows."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool
    ) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self.counters = Counters(Path(unquote(urlsplit(uri or "").path)))

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self.counters.increment(key, expiry, amount)

    def get(self, key: str) -> int:
        return self.counters.count(key)

    def get_expiry(self, key: str) -> float:
        return self.counters.ends_at(key)

    def check(self) -> bool:
        self.counters.count("")
        return True

    def reset(self) -> int | None:
        return self.counters.forget_all()

    def clear(self, key: str) -> None:
        self.counters.forget(key)


def count(limit: str, *key: str) -> int:
    """Counts one attempt under the key, for limits that a decorator cannot express.

    0 when it is within the limit ("10 per 15 minutes"), else the seconds to wait.
    """
    if not limiter.enabled:
        return 0
    item = parse(limit)
    return 0 if limiter.limiter.hit(item, *key) else seconds_left(item, *key)


def wait_for(limit: str, *key: str) -> int:
    """The seconds to wait for the next attempt, which is not counted yet; 0 if it may be made."""
    if not limiter.enabled:
        return 0
    item = parse(limit)
    return 0 if limiter.limiter.test(item, *key) else seconds_left(item, *key)


def forget(limit: str, *key: str) -> None:
    """The attempts under the key were honest ones."""
    if limiter.enabled:
        limiter.limiter.clear(parse(limit), *key)


def seconds_left(item: RateLimitItem, *key: str) -> int:
    return until(limiter.limiter.get_window_stats(item, *key).reset_time)


def say_when(response: Response) -> Response:
    """A 429 says when to come back (RFC 6585, section 4)."""
    limit = limiter.current_limit if response.status_code == 429 else None
    if limit is not None and "Retry-After" not in response.headers:
        response.headers["Retry-After"] = str(until(limit.reset_at))
    return response


def until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))
