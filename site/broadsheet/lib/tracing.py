"""The id of the request for whose sake something is done, also when that happens later and elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")  # such as nginx and load balancers give

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Empty if nobody's request is behind it."""
    return _request_id.get()


@contextmanager
def for_request(id: str) -> Iterator[None]:
    token = _request_id.set(id)
    try:
        yield
    finally:
        _request_id.reset(token)
