"""From values to places: sensible ticks on axes of numbers and of time."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

_STEPS = (1, 2, 2.5, 5, 10)
_THIN = "\N{NARROW NO-BREAK SPACE}"
_DAY = 86_400.0
# Steps of a time axis: how many of what, and what a tick then says (CLDR skeletons).
_TIMES = (
    *((number, "hour", "Hm") for number in (1, 3, 6, 12)),
    *((number, "day", "MMMd") for number in (1, 2, 7, 14)),
    *((number, "month", "yMMM") for number in (1, 3, 6)),
    *((number, "year", "y") for number in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)
_SECONDS = {"hour": 3600.0, "day": _DAY, "month": 30.44 * _DAY, "year": 365.25 * _DAY}


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
    """An axis with about so many ticks, from round number to round number."""
    if least == most:
        least, most = (least - abs(least) / 2, most + abs(most) / 2) if least else (0.0, 1.0)
    rough = (most - least) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((one * power for one in _STEPS if one * power >= rough * 0.999), 10 * power)
    if not grouped:  # years: no halves
        step = max(1.0, round(step))
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9), 1 if step % 1 else 0)
    ticks = []
    for at in range(first, last + 1):
        value = at * step
        ticks.append((value, in_words(value, locale, decimals, unit, grouped=grouped)))
    return Scale(first * step, last * step, tuple(ticks))


def in_words(value: float, locale: str, decimals: int = 6, unit: str = "", *, grouped: bool = True) -> str:
    rounded = round(value, decimals) or 0.0  # no minus before nothing
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    written = format_decimal(rounded, pattern, locale=of(locale), group_separator=grouped)
    return written.replace("-", "−") + (f"{_THIN}%" if unit == "%" else unit)


def of_times(least: float, most: float, *, most_ticks: int, locale: str) -> Scale:
    """An axis of moments (seconds since 1970, UTC), with ticks where years, months, days or hours begin."""
    if least == most:
        least, most = least - _DAY / 2, most + _DAY / 2
    number, kind, skeleton = next(
        (one for one in _TIMES if (most - least) / (one[0] * _SECONDS[one[1]]) <= most_ticks), _TIMES[-1]
    )
    ticks: list[tuple[float, str]] = []
    at = _floor(datetime.fromtimestamp(least, UTC), number, kind)
    while at.timestamp() <= most and len(ticks) < 2 * most_ticks:
        if at.timestamp() >= least:
            ticks.append((at.timestamp(), format_skeleton(skeleton, at, tzinfo=UTC, locale=of(locale))))
        at = _next(at, number, kind)
    return Scale(least, most, tuple(ticks))


def of(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _floor(at: datetime, number: int, kind: str) -> datetime:
    at = at.replace(minute=0, second=0, microsecond=0)
    if kind == "hour":
        return at.replace(hour=at.hour - at.hour % number)
    at = at.replace(hour=0)
    if kind == "day":
        return at - timedelta(days=at.toordinal() % number if number > 1 else 0)
    if kind == "month":
        return at.replace(day=1, month=1 + (at.month - 1) // number * number)
    return at.replace(day=1, month=1, year=max(1, at.year - at.year % number))


def _next(at: datetime, number: int, kind: str) -> datetime:
    if kind in ("hour", "day"):
        return at + timedelta(**{f"{kind}s": number})
    months = number if kind == "month" else 12 * number
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=min(year, 9999), month=month + 1) if year <= 9999 else at + timedelta(days=366)
