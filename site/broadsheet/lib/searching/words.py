"""Words as they are compared: in lower case, without diacritics."""

import re
import unicodedata

# As SQLite's tokenizer `unicode61` has it: letters and digits, and the marks on them.
_WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")


class _Folded(dict[int, str]):
    """Character by character: places in a folded text are places in the text."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        base = unicodedata.normalize("NFD", character)[:1]
        if unicodedata.category(character)[0] != "L":
            base = character
        self[number] = folded = base.lower()[:1]
        return folded


_folded = _Folded()
_folded_latin = bytes(ord(_folded[number]) for number in range(256))
# Quotation marks, dashes and the like, which texts in Latin letters have beside Latin-1; none is a word's.
_PUNCTUATION = re.compile("[\u2000-\u206f\u20a0-\u20bf\u2190-\u21ff]")


def fold(text: str) -> str:
    """`"Crème"` → `"creme"`. As long as the text; what has marks of its own is expected composed (NFC).
    Of signs that belong to no word, one may become another."""
    if text.isascii():
        return text.lower()
    # Most texts of Latin letters fit into bytes, for which this is thirty times as fast.
    try:
        try:
            latin = text.encode("latin-1")
        except UnicodeEncodeError:
            latin = _PUNCTUATION.sub("\xb7", text).encode("latin-1")
    except UnicodeEncodeError:
        return text.translate(_folded)
    return latin.translate(_folded_latin).decode("latin-1")


def words_of(text: str) -> list[str]:
    """Its words, folded."""
    return _WORD.findall(fold(unicodedata.normalize("NFC", text)))
