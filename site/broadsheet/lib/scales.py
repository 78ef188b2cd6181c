"""From values to places: sensible ticks on axes of numbers and of time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from broadsheet.lib.data_table import Trouble

MOST_DECIMALS = 18  # behind the point of a tick

_STEPS = (1, 2, 2.5, 5, 10)
_THIN = "\N{NARROW NO-BREAK SPACE}"
_DAY = 86_400.0
# Steps of a time axis: how many of what, and what a tick then says (CLDR skeletons).
_TIMES = (
    *((number, "minute", "Hm") for number in (1, 2, 5, 10, 30)),
    *((number, "hour", "Hm") for number in (1, 3, 6, 12)),
    *((number, "day", "MMMd") for number in (1, 2, 7, 14)),
    *((number, "month", "yMMM") for number in (1, 3, 6)),
    *((number, "year", "y") for number in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)
# What a moment says that stands alone, by the unit in which it is given.
_ALONE = {"minute": ("yMMMd", "Hm"), "day": ("yMMMd",), "month": ("yMMM",)}
_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": _DAY, "month": 30.44 * _DAY, "year": 365.25 * _DAY}


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, which are ticks themselves on an axis of numbers; each tick with its words."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def of_numbers(
    least: float, most: float, *, about: int, locale: str, unit: str = "", grouped: bool = True
) -> Scale:
    """An axis with about so many ticks, from round number to round number.

    Raises Trouble when all lies so close to zero that a tick would be a row of noughts.
    """
    if is_level(least, most):
        least, most = (least - abs(least) / 2, most + abs(most) / 2) if least else (0.0, 1.0)
    rough = (most - least) / about
    if rough < 10.0**-MOST_DECIMALS:
        raise Trouble("chart_small")
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((one * power for one in _STEPS if one * power >= rough * 0.999), 10 * power)
    if not grouped:  # years: no halves
        step = max(1.0, round(step))
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    decimals = next(some for some in range(MOST_DECIMALS + 3) if abs(round(step, some) - step) < step * 1e-6)
    ticks = []
    for at in range(first, last + 1):
        value = at * step
        ticks.append((value, in_words(value, locale, decimals, unit, grouped=grouped)))
    return Scale(first * step, last * step, tuple(ticks))


def is_level(least: float, most: float) -> bool:
    """Whether they are so near to each other that floats between them (of 15 digits) give no steps."""
    return most - least <= max(abs(least), abs(most)) * 1e-12


def in_words(value: float, locale: str, decimals: int = 6, unit: str = "", *, grouped: bool = True) -> str:
    decimals = max(
        0, min(decimals, 26 - len(f"{abs(value):.0f}"))
    )  # decimal numbers of Python have 28 digits
    rounded = round(value, decimals) or 0.0  # no minus before nothing
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    written = format_decimal(rounded, pattern, locale=of(locale), group_separator=grouped)
    return written.replace("-", "−") + (f"{_THIN}%" if unit == "%" else unit)


def of_times(least: float, most: float, *, unit: str, most_ticks: int, locale: str) -> Scale:
    """An axis of moments (seconds since 1970, UTC), with ticks where years, months, days, hours or minutes
    begin, but never in steps finer than `unit`, in which the data are given: `minute`, `day` or `month`."""
    if least == most:
        (words,) = dates_in_words([least], unit, locale)
        return Scale(least - _DAY / 2, most + _DAY / 2, ((least, words),))
    steps = [one for one in _TIMES if _SECONDS[one[1]] >= _SECONDS[unit]]
    number, kind, skeleton = next(
        (one for one in steps if (most - least) / (one[0] * _SECONDS[one[1]]) <= most_ticks), steps[-1]
    )
    ticks: list[tuple[float, str]] = []
    at: datetime | None = _floor(datetime.fromtimestamp(least, UTC), number, kind)
    while at and at.timestamp() <= most and len(ticks) < 2 * most_ticks:
        if at.timestamp() >= least:
            # Among hours, midnight says which day begins.
            shown = "MMMd" if skeleton == "Hm" and at.hour == at.minute == 0 else skeleton
            ticks.append((at.timestamp(), format_skeleton(shown, at, tzinfo=UTC, locale=of(locale))))
        at = _next(at, number, kind)
    return Scale(least, most, tuple(ticks))


def dates_in_words(moments: Sequence[float], unit: str, locale: str) -> list[str]:
    """Each as short as its unit allows; days of one year among several do without it."""
    days = [datetime.fromtimestamp(moment, UTC) for moment in moments]
    skeletons = _ALONE[unit]
    if unit == "day" and len(days) > 1 and len({day.year for day in days}) == 1:
        skeletons = ("MMMd",)
    return [
        ", ".join(format_skeleton(each, day, tzinfo=UTC, locale=of(locale)) for each in skeletons)
        for day in days
    ]


def of(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _floor(at: datetime, number: int, kind: str) -> datetime:
    at = at.replace(second=0, microsecond=0)
    if kind == "minute":
        return at.replace(minute=at.minute - at.minute % number)
    at = at.replace(minute=0)
    if kind == "hour":
        return at.replace(hour=at.hour - at.hour % number)
    at = at.replace(hour=0)
    if kind == "day":
        past = at.toordinal() % number if number > 1 else 0
        return at - timedelta(days=min(past, at.toordinal() - 1))
    if kind == "month":
        return at.replace(day=1, month=1 + (at.month - 1) // number * number)
    return at.replace(day=1, month=1, year=max(1, at.year - at.year % number))


def _next(at: datetime, number: int, kind: str) -> datetime | None:
    """None after the year 9999, where the calendar of Python ends."""
    if kind in ("minute", "hour", "day"):
        step = timedelta(**{f"{kind}s": number})
        return at + step if datetime.max.replace(tzinfo=UTC) - at >= step else None
    if kind == "year":
        year, month = at.year - at.year % number + number, 0  # the first may be the year 1: there is no 0
    else:
        year, month = divmod(at.year * 12 + at.month - 1 + number, 12)
    return at.replace(year=year, month=month + 1) if year <= 9999 else None
