"""A letter as it came, and as the filter reads it: look-alikes, invisible characters and spacing undone."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

MOST_READ = 20_000  # characters; what a longer text is shows in its beginning, and each costs time

# What looks like a Latin letter and is none (after Unicode's confusables, UTS 39), in small letters.
LOOK_ALIKES = str.maketrans("аеорсухіѕјһӏԁԛԝкмтвнгαεοικνρτυχγηω", "aeopcyxisjhldqwkmtbhraeoikvptuxynw")
DIGITS_FOR_LETTERS = str.maketrans("013457@$", "oieastas")

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\ufeff]"
)
DIGIT_WITHIN = re.compile(r"(?<=[a-z])[013457@$]+(?=[a-z])")
SPACED_OUT = re.compile(r"(?<![a-z])(?:[a-z][ .*_-]){3,}[a-z](?![a-z])")
LATIN = re.compile("[a-z\u00df-\u024f]")
LOOKS_LATIN = re.compile("[\u0370-\u03ff\u0400-\u052f]")

# An address that is meant to be followed: whole, or a host with a path. example.com alone may be a mention.
LINK = re.compile(
    r"(?:https?://|hxxps?://|(?<![\w@])www\.)([^\s/\"'<>()\[\]?#:]+)[^\s\"'<>()\[\]]*"
    r"|(?<![\w@./-])((?:[\w-]+\.)+[a-z]{2,12})/[^\s\"'<>()\[\]]*",
    re.IGNORECASE,
)
HOST = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+(?:[a-z]{2,12})(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    name: str
    email: str
    title: str
    text: str

    @cached_property
    def said(self) -> str:
        """Title and text as they were typed."""
        return f"{self.title}\n{self.text[:MOST_READ]}"

    @cached_property
    def normal(self) -> str:
        """The same in Unicode's compatible form (NFKC)."""
        return unicodedata.normalize("NFKC", self.said)[:MOST_READ]

    @cached_property
    def read(self) -> str:
        """The same in small letters and with the tricks undone."""
        return unmasked(self.normal)

    @cached_property
    def without_links(self) -> str:
        """`read` but for where its links lead, which `hosts` tells."""
        return unmasked(LINK.sub(" ", self.normal))

    @cached_property
    def tokens(self) -> list[str]:
        """The words in small letters, tricks and all."""
        return self.normal.casefold().split()

    @cached_property
    def hosts(self) -> list[str]:
        """Where its links lead, one for each link."""
        found = LINK.findall(self.normal)
        return [(whole or bare).casefold().removeprefix("www.").strip(".") for whole, bare in found]


def unmasked(text: str) -> str:
    """`v1agra`, `v i a g r a`, one with a Cyrillic letter or an invisible one within are all `viagra`."""
    text = INVISIBLE.sub("", text.casefold())
    text = SPACED_OUT.sub(lambda found: re.sub(r"[ .*_-]", "", found[0]), text)
    if LOOKS_LATIN.search(text):
        text = re.sub(r"\w+", lambda found: as_latin(found[0]), text)
    return DIGIT_WITHIN.sub(lambda found: found[0].translate(DIGITS_FOR_LETTERS), text)


def as_latin(word: str) -> str:
    return word.translate(LOOK_ALIKES) if is_mixed(word) else word


def is_mixed(word: str) -> bool:
    """Whether Latin letters stand beside Greek or Cyrillic ones within the word."""
    return bool(LATIN.search(word) and LOOKS_LATIN.search(word))
