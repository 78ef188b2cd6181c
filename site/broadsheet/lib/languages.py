"""The languages a text can be said to be in, by their tags (BCP 47)."""

from functools import cache

from babel import Locale, UnknownLocaleError

TAGS = (
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "de-AT", "de-CH", "el",
    "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA", "eo", "es", "es-419",
    "es-AR", "es-ES", "es-MX", "et", "eu", "fa", "fi", "fil", "fo", "fr", "fr-BE", "fr-CA", "fr-CH", "fy",
    "ga", "gd", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is", "it", "it-CH", "ja",
    "ka", "kk", "km", "kn", "ko", "ku", "ky", "la", "lb", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms",
    "mt", "my", "nb", "ne", "nl", "nl-BE", "nn", "oc", "or", "pa", "pl", "ps", "pt", "pt-BR", "pt-PT",
    "rm", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sr-Latn", "sv", "sw", "ta", "te", "th", "tk",
    "tr", "uk", "ur", "uz", "vi", "yi", "yo", "zh-Hans", "zh-Hant", "zu",
)  # fmt: skip


def name(tag: str) -> str:
    """The language's own name, `Deutsch (Österreich)`; the tag itself if nobody knows it."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag
    own = locale.get_display_name() or tag
    return own[:1].upper() + own[1:]


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Tag and name of each, in the order of the names."""
    return tuple(sorted(((tag, name(tag)) for tag in TAGS), key=lambda one: one[1].casefold()))
