"""How dates, numbers and errors are written, in the site's language and time zone."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from datetime import date as day_
from email.utils import format_datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask import Flask, g
from flask_babel import get_babel
from flask_babel import get_locale as ask_for_locale
from flask_login import current_user
from markupsafe import Markup, escape

from broadsheet.extensions import babel
from broadsheet.lib import clock
from broadsheet.lib.short_titles import short_title
from broadsheet.models.archive import Period
from broadsheet.models.content import Content
from broadsheet.web.current_site import current_site


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=locale, default_translation_directories=app.config["TRANSLATIONS"])
    app.add_template_filter(first_invalid)
    app.add_template_filter(first_message)
    app.add_template_filter(date)
    app.add_template_filter(date_short)
    app.add_template_filter(datetime_, "datetime")
    app.add_template_filter(timestamp)
    app.add_template_filter(rfc3339)
    app.add_template_filter(rfc822)
    app.add_template_filter(date_local)
    app.add_template_filter(percent)
    app.add_template_filter(month_name)
    app.add_template_filter(period_name)
    app.add_template_filter(number)
    app.add_template_filter(short_title)
    app.add_template_filter(listed)
    app.add_template_filter(weekday)
    app.add_template_filter(day_name)
    app.jinja_env.globals["today"] = clock.now
    app.jinja_env.globals["text_direction"] = text_direction
    app.jinja_env.globals["interface_language"] = interface_language
    app.jinja_env.globals["direction_of"] = direction_of
    app.jinja_env.globals["foreign_language"] = foreign_language


def get_locale() -> Locale | None:
    """That of Flask-Babel, which asks four times which request this is, a hundred times a page: where it has
    answered before, its answer is taken."""
    try:
        known = getattr(g, "_flask_babel", None)
    except RuntimeError:  # outside of any request
        return None
    return getattr(known, "babel_locale", None) or ask_for_locale()


def locale() -> Locale:
    """That of the site's language; English as long as nobody has translated our words into it.

    Foreign dates between English words would be neither, and a page in Arabic whose words are English
    would run the wrong way.
    """
    return _locale(current_site().language, *get_babel().translation_directories)


@lru_cache(maxsize=256)
def _locale(language: str, *folders: str) -> Locale:
    wanted = Locale.parse(locale_of(language))
    return wanted if wanted.language in translated(*folders) else Locale("en")


@cache
def translated(*folders: str) -> frozenset[str]:
    """The languages of which there is a catalogue."""
    found = (file.parts[-3] for folder in folders for file in Path(folder).glob("*/LC_MESSAGES/*.mo"))
    return frozenset(Locale.parse(name).language for name in found) | {"en"}


@lru_cache(maxsize=256)
def locale_of(language: str) -> str:
    """Babel's name for a language (BCP 47); English for one that it does not know."""
    try:
        return str(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return "en"


def interface_language() -> str:
    """The language of our own words on this page (BCP 47)."""
    return _tag(get_locale())


@lru_cache(maxsize=256)
def _tag(locale: Locale | None) -> str:
    return str(locale or "en").replace("_", "-")


def foreign_language(content: Content) -> str:
    """The language of a text if it is another than that of the page around it, else nothing."""
    own = content.language or current_site().language
    return own if own != interface_language() else ""


@lru_cache(maxsize=256)
def direction_of(language: str) -> str:
    """That of the script in which a language is written; `auto` for one that nobody knows."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "auto"


def text_direction() -> str:
    return (get_locale() or Locale("en")).text_direction


def zone(name: str = "") -> ZoneInfo:
    return ZoneInfo(name or current_site().timezone or "UTC")


def own_zone() -> ZoneInfo:
    """The time zone of the signed-in person, else the site's."""
    return zone(getattr(current_user, "timezone", ""))


def date(moment: datetime) -> str:
    return _written(moment.astimezone(zone()).date(), "long", get_locale())


def date_short(moment: datetime) -> str:
    """Without the year if it is this one."""
    here = zone()
    local, locale = moment.astimezone(here), get_locale()
    is_this_year = local.year == clock.now().astimezone(here).year
    return _written(local.date(), _without_year(locale) if is_this_year else "medium", locale)


@lru_cache(maxsize=4096)
def _written(day: day_, form: str, locale: Locale | None) -> str:
    """Babel takes a date apart anew each time; a page bears a dozen, and the next page most of them again."""
    return format_date(day, form, locale=locale)


def datetime_(moment: datetime) -> str:
    """To the minute, in the person's own zone."""
    local = moment.astimezone(own_zone())
    pattern = str((get_locale() or Locale("en")).datetime_formats["medium"]).replace("'", "")
    time = format_time(local, "short", locale=get_locale())
    return pattern.replace("{0}", time).replace("{1}", format_date(local, "medium", locale=get_locale()))


def timestamp(moment: datetime) -> str:
    """RFC 3339, for <time datetime>."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339(moment: datetime) -> str:
    """The same to the microsecond, as feeds need it: no two entries shall have been changed at once."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rfc822(moment: datetime) -> str:
    """As RSS writes dates."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def percent(share: float) -> str:
    return str(format_percent(share, locale=get_locale()))


def month_name(month: int) -> str:
    """Standing alone, as some languages write it differently within a date."""
    return str(get_month_names("wide", "stand-alone", get_locale())[month])


def period_name(period: Period) -> str:
    """As in: 2026, March 2026."""
    if period.month is None:
        return str(period.year)
    return format_skeleton("yMMMM", datetime(period.year, period.month, 1, tzinfo=UTC), locale=get_locale())


def number(count: int) -> str:
    """As in: 12,345."""
    return format_decimal(count, locale=get_locale())


def listed(items: Iterable[Any], show: Callable[[Any], str] = escape) -> Markup:
    """As in: Ann, Ben, and Ed."""
    shown = [escape(show(item)) for item in items]
    return shown[0] if len(shown) == 1 else Markup(format_list(shown, locale=get_locale() or "en"))  # noqa: S704  each was escaped


def weekday(day: day_) -> str:
    return format_date(day, "EEEE", locale=get_locale())


def day_name(day: day_) -> str:
    """As in: 24 November."""
    locale = get_locale()
    return _written(day, _without_year(locale), locale)


def date_local(moment: datetime | None) -> str:
    """For the value of <input type=datetime-local>, in the person's own zone."""
    return moment.astimezone(own_zone()).strftime("%Y-%m-%dT%H:%M") if moment else ""


@lru_cache(maxsize=256)
def _without_year(locale: Locale | None) -> str:
    chosen = locale or Locale("en")
    skeleton = chosen.datetime_skeletons.get("MMMMd")
    return skeleton.pattern if skeleton else "d MMMM"


def first_invalid(field: Any) -> Any:
    """The control itself that has the error: of rows and groups, the first within them."""
    within = getattr(field, "entries", None) or getattr(field, "form", None) or ()
    return next((first_invalid(each) for each in within if each.errors), field)


def first_message(errors: object) -> str:
    """Of a field's errors, which are lists and mappings within each other where it has rows."""
    if isinstance(errors, Mapping):
        errors = list(errors.values())
    if isinstance(errors, list | tuple):
        return next((found for each in errors if (found := first_message(each))), "")
    return str(errors)
