"""What a link to a page becomes where it is shared: Open Graph (ogp.me), which others read as well."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global
from flask import Flask

from broadsheet import media
from broadsheet.lib.markdown import Picture
from broadsheet.lib.renditions import FALLBACK_WIDTH
from broadsheet.media import cards
from broadsheet.models import Series, Tag, User
from broadsheet.models.readable import Readable
from broadsheet.web.current_site import site
from broadsheet.web.filters import locale_of
from broadsheet.web.public_address import absolute_url, canonical_url

# What can be shared; None is the site itself.
Subject = Readable | Tag | Series | User | None


@dataclass(frozen=True)
class SharedPicture:
    url: str
    media_type: str
    width: int | None
    height: int | None
    alt: str


def init_app(app: Flask) -> None:
    app.add_template_global(picture_of)
    app.add_template_filter(og_locale)


def picture_of(subject: Subject) -> SharedPicture:
    """The one that somebody chose for it, else the one that the site draws."""
    chosen = chosen_picture(subject)
    if chosen is not None:
        return shared_picture(chosen)
    card = cards.of(subject, site)
    return SharedPicture(_url(subject, card), "image/png", cards.WIDTH, cards.HEIGHT, card.alt)


def chosen_picture(subject: Subject) -> Picture | None:
    if isinstance(subject, Readable):
        return subject.card_picture
    picture = subject.avatar if isinstance(subject, User) else subject.picture if subject else None
    # A drawing is not drawn by everybody.
    return picture.as_picture(picture.alt) if picture and picture.ending != "svg" else None


def card_url(subject: Any) -> str:
    """Where the picture lies that the site draws of it."""
    return _url(subject, cards.of(subject, site))


def _url(subject: Any, card: cards.Card) -> str:
    values: dict[str, Any] = {"digest": card.digest}
    if subject is None:
        return canonical_url("cards.home", **values)
    if isinstance(subject, User):
        return canonical_url("cards.person", username=subject.username, **values)
    if subject.kind == "post":
        return canonical_url("cards.post", id=subject.id, **values)
    return canonical_url(f"cards.{subject.kind}", slug=subject.slug, **values)


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


@lru_cache(maxsize=256)
def og_locale(language: str) -> str:
    """`de` → `de_DE`: Open Graph wants a territory, so the likeliest is taken where none is said (CLDR)."""
    known = Locale.parse(locale_of(language))
    likely = Locale.parse(get_global("likely_subtags").get(known.language, "en_Latn_US"))
    return f"{known.language}_{known.territory or likely.territory}"
