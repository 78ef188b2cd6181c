"""The time zones a person can choose from, by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# What stands beside them (US/Eastern, Etc/GMT+5, EST) are older or cruder names for the same.
REGIONS = frozenset((
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
))  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    """UTC, then every place, in alphabetical order."""
    return ("UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS))


def is_known(name: str) -> bool:
    """Whether this machine knows a time zone of this name, old and crude ones too."""
    try:
        return ZoneInfo(name) is not None
    except (KeyError, ValueError, OSError):  # none, no name of a file, a folder
        return False
