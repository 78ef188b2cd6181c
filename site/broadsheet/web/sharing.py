"""What a link to a page becomes where it is shared: Open Graph (ogp.me), which others read as well."""

from dataclasses import dataclass

from babel import Locale
from babel.core import get_global
from flask import Flask

from broadsheet import media
from broadsheet.lib.markdown import Picture
from broadsheet.lib.renditions import FALLBACK_WIDTH
from broadsheet.web.filters import locale_of
from broadsheet.web.public_address import absolute_url


@dataclass(frozen=True)
class SharedPicture:
    url: str
    media_type: str
    width: int | None
    height: int | None
    alt: str


def init_app(app: Flask) -> None:
    app.add_template_global(shared_picture)
    app.add_template_filter(og_locale)


def shared_picture(picture: Picture) -> SharedPicture:
    """The fallback, which is JPEG, PNG or GIF: not everybody who draws such cards knows AVIF and WebP."""
    src, width, height = picture["src"], picture.get("width"), picture.get("height")
    shown = picture.get("fallback") or src
    if width and height and shown != src and width > FALLBACK_WIDTH:
        width, height = FALLBACK_WIDTH, round(height * FALLBACK_WIDTH / width)
    return SharedPicture(
        absolute_url(shown),
        media.MEDIA_TYPES.get(shown[shown.rfind(".") :], ""),
        width,
        height,
        picture.get("alt", ""),
    )


def og_locale(language: str) -> str:
    """`de` → `de_DE`: Open Graph wants a territory, so the likeliest is taken where none is said (CLDR)."""
    known = Locale.parse(locale_of(language))
    likely = Locale.parse(get_global("likely_subtags").get(known.language, "en_Latn_US"))
    return f"{known.language}_{known.territory or likely.territory}"
