"""Moments as front matter, file names and addresses give them."""

import re
from datetime import date, datetime, time, tzinfo
from typing import Any

from broadsheet.lib import clock
from broadsheet.models.archive import FIRST_YEAR, LAST_YEAR

NOON = time(12)  # a day without an hour is then the same day nearly everywhere


def on_day(found: re.Match[str] | None, zone: tzinfo) -> datetime | None:
    """By the year, month and day that were found; None if there is no such day."""
    try:
        return moment(date(int(found[1]), int(found[2]), int(found[3])), zone) if found else None
    except ValueError:
        return None


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """What a generator's reader made of a date, or a text. Raises ValueError if it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = _parsed(value.strip())
    if not isinstance(value, date) or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    now = clock.now().astimezone(zone)
    # Today's post is not to wait for noon.
    return datetime.combine(value, time() if value == now.date() and now.time() < NOON else NOON, zone)


def _parsed(text: str) -> date | datetime:
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        return date(*map(int, text.split("-")))
    for form in ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z", "%a, %d %b %Y %H:%M:%S %z"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # each has %z
        except ValueError:
            continue
    for form in ("%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no offset
        except ValueError:
            continue
    return datetime.fromisoformat(text)
