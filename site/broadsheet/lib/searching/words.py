"""Words as they are compared: in lower case, without the marks that one may leave out."""

import re
import sys
import unicodedata
from collections.abc import Iterable
from itertools import groupby

# What SQLite's tokenizer `unicode61` would tell apart; what it folds itself (capitals, Latin diacritics) is
# not here. The database folds by the same table what it indexes (migration 0005), and a question goes
# through this one, so the two meet.
LETTERS: dict[int, int | str | None] = {
    **str.maketrans(
        "ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰς" + "ЁЙЇЎёйїў" + "أإآؤئىة" + "ŁłØøĐđı",
        "ΑΕΗΙΟΥΩΙΥαεηιουωιυιυσ" + "ЕИІУеиіу" + "\u0627\u0627\u0627\u0648\u064a\u064a\u0647" + "LlOoDdi",
        # Hebrew points, the signs for vowels and the stretching line of Arabic, the variant of an emoji
        "".join(map(chr, [*range(0x5B0, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C7]))
        + "".join(map(chr, [0x640, *range(0x64B, 0x656), 0x670, 0xFE0E, 0xFE0F])),
    ),
    **{ord(letter): two for letter, two in zip("ßẞœŒæÆ", ("ss", "SS", "oe", "OE", "ae", "AE"), strict=True)},
}


def _classes() -> str:
    """All marks, as ranges of a class of characters: what stands on a letter or behind it is of its word."""
    marks = (n for n in range(0x300, 0x1F000) if unicodedata.category(chr(n)) in ("Mn", "Mc"))
    runs = [[n for _, n in run] for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


MARK = f"[{_classes()}]"
WORD_GOES_ON = rf"[^\W_]*(?:{MARK}+[^\W_]*)*"
# As the tokenizer has it: letters, digits, and marks.
_WORD = re.compile(rf"{MARK}*[^\W_]{WORD_GOES_ON}")
# Of which the folded text has none, or two characters.
UNEVEN = re.compile(
    "[\u0300-\u036f" + "".join(chr(n) for n, to in LETTERS.items() if not isinstance(to, int)) + "]"
)


BEFORE_WORD = "zz"  # in MariaDB's index, see search/mariadb.py


class _Folded(dict[int, str]):
    def __missing__(self, number: int) -> str:
        character = chr(number)
        if number in LETTERS:
            folded = character.translate(LETTERS).lower()
        elif 0x300 <= number <= 0x36F:
            folded = ""
        else:
            base = unicodedata.normalize("NFD", character)[:1]
            is_latin = base.isascii() and unicodedata.category(character)[0] == "L"
            folded = (base if is_latin else character).lower()[:1]
        self[number] = sys.intern(folded)
        return folded


_folded = _Folded()
_TWO_LETTERS = "ßæ"
_folded_latin = bytes(
    ord(_folded[number] if len(_folded[number]) == 1 else chr(number).lower()) for number in range(256)
)
# Quotation marks, dashes and the like, which texts in Latin letters have beside Latin-1; none is a word's.
_PUNCTUATION = re.compile("[\u2000-\u206f\u20a0-\u20bf\u2190-\u21ff]")


def fold(text: str) -> str:
    """`"Crème"` → `"creme"`, `"Straße"` → `"strasse"`, `"שָׁלוֹם"` → `"שלום"`. What has marks of its own is
    expected composed (NFC). As long as the text but for what `UNEVEN` finds. Of signs that belong to no word,
    one may become another."""
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
    folded = latin.translate(_folded_latin).decode("latin-1")
    for letter in _TWO_LETTERS:
        folded = folded.replace(letter, _folded[ord(letter)])
    return folded


def written_words(text: str) -> list[str]:
    """Its words as they stand there, composed; none of which nothing would be left."""
    return [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if fold(word)]


def words_of(text: str) -> list[str]:
    """Its words, folded."""
    return _WORD.findall(fold(unicodedata.normalize("NFC", text)))


def as_indexed(word: str) -> str:
    """What the database's own tokenizer is given for a word as it was written."""
    return word.translate(LETTERS)


def between_spaces(words: Iterable[str], *, open: bool = False) -> str:
    """As MariaDB's index takes them; with `open`, the last may go on."""
    spaced = " " + "".join(f"{BEFORE_WORD}{word} " for word in words)
    return spaced[:-1] if open else spaced
