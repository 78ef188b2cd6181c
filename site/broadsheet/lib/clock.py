"""The present moment, in one place, so that a test can move it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC, aware, to the microsecond."""
    return datetime.now(UTC)
