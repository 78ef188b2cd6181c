"""Addresses made of words."""

import re
import unicodedata

# Latin letters that Unicode does not decompose (UAX #15), as ASCII spells them.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l",
        "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ħ": "h", "Ħ": "h",
        "ŧ": "t", "Ŧ": "t", "ı": "i", "ŋ": "n", "Ŋ": "n", "ĸ": "k", "ſ": "s",
        "'": "", "’": "", "ʼ": "",
    }
)  # fmt: skip
_LATIN_WITH_MARKS = re.compile("([A-Za-z])[\u0300-\u036f]+")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def slugify(text: str, max_length: int = 80) -> str:
    """Return `text` as words joined by hyphens: `"Ça va, Łódź?"` → `"ca-va-lodz"`.

    Latin letters lose their diacritics; letters of other scripts stay as they are, marks included. The result
    has at most `max_length` characters, is cut between words where it can be, and is `""` when `text` has no
    letter and no digit: the caller decides what stands in its place.
    """
    # Only the beginning can matter; a slice keeps a pasted book from being folded character by character.
    text = unicodedata.normalize("NFKD", text[: max_length * 8].translate(_LETTERS))
    text = unicodedata.normalize("NFC", _LATIN_WITH_MARKS.sub(r"\1", text)).lower()
    words = _NOT_A_LETTER.sub(_keep_marks, text).strip("-")
    if len(words) <= max_length:
        return words
    cut = words[: max_length + 1].rfind("-")
    return words[: cut if cut > max_length // 2 else max_length].strip("-")


def _keep_marks(match: re.Match[str]) -> str:
    """Vowel signs of Indic and other scripts are no letters to `re`, yet belong to the word."""
    run = match.group()
    if all(unicodedata.category(character)[0] == "M" for character in run):
        return run
    kept = ""
    for character in run:
        kept += character if unicodedata.category(character)[0] == "M" and not kept.endswith("-") else "-"
    return re.sub("-+", "-", kept)
