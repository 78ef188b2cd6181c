"""The present moment, in one place, so that a test can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def now() -> datetime:
    """The time in UTC, aware, to the microsecond."""
    return _stopped.get() or datetime.now(UTC)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Within it the present is this moment, however long it takes."""
    token = _stopped.set(at)
    try:
        yield
    finally:
        _stopped.reset(token)
