"""Argon2id with the parameters of RFC 9106 (argon2-cffi's low-memory profile: 64 MiB, 3 passes, 4 lanes)."""

import hashlib
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 1000

COMMON = Path(__file__).parent / "common_passwords" / "marks.bin"
MARK = 4  # bytes of a SHA-256

_hasher = PasswordHasher()
# Each hash holds 64 MiB: many sign-ins at once must queue, not exhaust the machine.
_room = BoundedSemaphore(2)
# Verified when nobody has the name, so that the answer takes as long as for somebody.
_nobody = "$argon2id$v=19$m=65536,t=3,p=4$3j+05HVJFfjhGMzayXtRKQ$KtpDDFjOyQp5ELNqtuNTUh3zspjZeXvAWMaWXob57jY"


def hashed(password: str) -> str:
    """The encoded Argon2id hash of a password."""
    with _room:
        return _hasher.hash(password)


def matches(password: str, encoded: str | None) -> bool:
    """Whether the password has this hash; takes as long, and is false, when there is no hash."""
    with _room:
        try:
            _hasher.verify(encoded or _nobody, password)
        except (VerificationError, InvalidHashError):
            return False
    return encoded is not None


def outdated(encoded: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(encoded)


def why_guessable(password: str, *words: str | None) -> Literal["", "common", "about"]:
    """Why it would be among the first that are tried; `words` are what somebody knows about its owner."""
    if is_common(password):
        return "common"
    return "about" if is_about(password, *filter(None, words)) else ""


def is_common(password: str) -> bool:
    """Whether it is one of those that many have chosen, and that are tried first: see common_passwords/."""
    plain = _plain(password)
    return plain in WIDESPREAD or _mark(plain) in _common()


def is_about(password: str, *words: str) -> bool:
    """Whether somebody who knows these words about its owner (a name, an address) would try it first."""
    plain = _plain(password)
    about = {_plain(part) for word in words for part in (word, word.partition("@")[0]) if word}
    return plain in about or len(set(plain)) < 4


# What the lists lack, and a newcomer thinks of.
WIDESPREAD = frozenset(("changemenow", "correcthorsebatterystaple", "letmeinplease"))


def _common() -> frozenset[bytes]:
    # Read each time: once in months somebody sets a password, and 3 MB would stay in each process.
    marks = COMMON.read_bytes()
    return frozenset(marks[at : at + MARK] for at in range(0, len(marks), MARK))


def _mark(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()[:MARK]


def _plain(words: str) -> str:
    return "".join(words.casefold().split())
