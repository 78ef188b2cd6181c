"""The languages a text can be said to be in, by their tags (BCP 47)."""

from functools import cache

from babel import Locale, UnknownLocaleError

# The names as CLDR has them; a test compares. Babel would read all it knows of each language for them, and
# keep it: 80 MB.
NAMES = {
    "af": "Afrikaans", "am": "አማርኛ", "ar": "العربية", "az": "Azərbaycan", "be": "Беларуская",
    "bg": "Български", "bn": "বাংলা", "bs": "Bosanski", "ca": "Català", "cs": "Čeština",
    "cy": "Cymraeg", "da": "Dansk", "de": "Deutsch", "de-AT": "Deutsch (Österreich)",
    "de-CH": "Deutsch (Schweiz)", "el": "Ελληνικά", "en": "English", "en-AU": "English (Australia)",
    "en-CA": "English (Canada)", "en-GB": "English (United Kingdom)", "en-IE": "English (Ireland)",
    "en-IN": "English (India)", "en-NZ": "English (New Zealand)", "en-US": "English (United States)",
    "en-ZA": "English (South Africa)", "eo": "Esperanto", "es": "Español",
    "es-419": "Español (Latinoamérica)", "es-AR": "Español (Argentina)", "es-ES": "Español (España)",
    "es-MX": "Español (México)", "et": "Eesti", "eu": "Euskara", "fa": "فارسی", "fi": "Suomi",
    "fil": "Filipino", "fo": "Føroyskt", "fr": "Français", "fr-BE": "Français (Belgique)",
    "fr-CA": "Français (Canada)", "fr-CH": "Français (Suisse)", "fy": "Frysk", "ga": "Gaeilge",
    "gd": "Gàidhlig", "gl": "Galego", "gu": "ગુજરાતી", "ha": "Hausa", "he": "עברית", "hi": "हिन्दी",
    "hr": "Hrvatski", "hu": "Magyar", "hy": "Հայերեն", "id": "Indonesia", "ig": "Igbo",
    "is": "Íslenska", "it": "Italiano", "it-CH": "Italiano (Svizzera)", "ja": "日本語", "ka": "Ქართული",
    "kk": "Қазақ тілі", "km": "ខ្មែរ", "kn": "ಕನ್ನಡ", "ko": "한국어", "ku": "Kurdî (kurmancî)",
    "ky": "Кыргызча", "la": "Latina", "lb": "Lëtzebuergesch", "lo": "ລາວ", "lt": "Lietuvių",
    "lv": "Latviešu", "mk": "Македонски", "ml": "മലയാളം", "mn": "Монгол", "mr": "मराठी",
    "ms": "Melayu", "mt": "Malti", "my": "မြန်မာ", "nb": "Norsk bokmål", "ne": "नेपाली",
    "nl": "Nederlands", "nl-BE": "Nederlands (België)", "nn": "Norsk nynorsk", "oc": "Occitan",
    "or": "ଓଡ଼ିଆ", "pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português",
    "pt-BR": "Português (Brasil)", "pt-PT": "Português (Portugal)", "rm": "Rumantsch", "ro": "Română",
    "ru": "Русский", "si": "සිංහල", "sk": "Slovenčina", "sl": "Slovenščina", "so": "Soomaali",
    "sq": "Shqip", "sr": "Српски", "sr-Latn": "Srpski (latinica)", "sv": "Svenska", "sw": "Kiswahili",
    "ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย", "tk": "Türkmen dili", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "uz": "O‘zbek", "vi": "Tiếng Việt", "yi": "ייִדיש",
    "yo": "Èdè Yorùbá", "zh-Hans": "中文 (简体)", "zh-Hant": "中文 (繁體)", "zu": "IsiZulu",
}  # fmt: skip

TAGS = tuple(NAMES)


def name(tag: str) -> str:
    """The language's own name, `Deutsch (Österreich)`; the tag itself if nobody knows it."""
    return NAMES.get(tag) or name_in_cldr(tag)


def name_in_cldr(tag: str) -> str:
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag
    own = locale.get_display_name() or tag
    return own[:1].upper() + own[1:]


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Tag and name of each, in the order of the names."""
    return tuple(sorted(NAMES.items(), key=lambda one: one[1].casefold()))
