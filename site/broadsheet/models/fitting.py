"""Whether a value that is stored for a setting can be used: a row may be of another version or another's
hand, and one that no page can be made with would take the whole site down."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from broadsheet.lib import timezones
from broadsheet.models.role import SECOND_FACTOR_OF

Check = Callable[[Any], bool]

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")  # BCP 47


def is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def is_links(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and is_text(one.get("label")) and is_text(one.get("url")) for one in value
    )


def is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def is_id(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def is_day(value: Any) -> bool:
    try:
        return value == "" or bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def of(pattern: re.Pattern[str]) -> Check:
    return lambda value: is_text(value) and pattern.fullmatch(value) is not None


def among(*values: object) -> Check:
    return lambda value: isinstance(value, str | int) and value in values


# Those that a page could not be made with; of any other the kind of value is enough.
CHECKS: dict[str, Check] = {
    "language": of(LANGUAGE),
    "timezone": lambda value: is_text(value) and (not value or timezones.is_known(value)),
    "accent": of(COLOUR),
    "typeface": among("serif", "sans"),
    "header": among("centred", "left", "compact"),
    "columns": lambda value: isinstance(value, int) and 0 <= value <= 12,
    "icon_id": is_id,
    "logo_id": is_id,
    "logo_dark_id": is_id,
    "posts_per_page": lambda value: isinstance(value, int) and 1 <= value <= 100,
    "second_factor_of": among(*SECOND_FACTOR_OF),
    "security_expires": is_day,
    "social_links": is_links,
    "navigation": is_links,
    "addresses": is_texts,
}


def fits(name: str, value: Any, defaults: Mapping[str, Any]) -> bool:
    """Whether it can take the place of the default."""
    if check := CHECKS.get(name):
        return check(value)
    default = defaults[name]
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return is_text(value)
