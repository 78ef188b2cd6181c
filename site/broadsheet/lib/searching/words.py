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


def fold(text: str) -> str:
    """`"Crème"` → `"creme"`. As long as the text; what has marks of its own is expected composed (NFC)."""
    return text.lower() if text.isascii() else text.translate(_folded)


def words_of(text: str) -> list[str]:
    """Its words, folded."""
    return [fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]
