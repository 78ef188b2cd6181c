"""Times as people read them off a clock on the wall, and the moments that they mean."""

from datetime import UTC, datetime, tzinfo


class SkippedTime(ValueError):
    """The clocks of that place never show this time: they are put forward past it."""


def moment(wall: datetime, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of `zone` show the naive `wall`.

    A time that they show twice, as they are put back, means the first (PEP 495, fold=0). Raises SkippedTime.
    """
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise SkippedTime(wall.isoformat())
    return at


def comes_twice(wall: datetime, zone: tzinfo) -> bool:
    """Whether the clocks of `zone` show the naive `wall` twice."""
    first = wall.replace(tzinfo=zone, fold=0).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    return first is not None and second is not None and first > second
