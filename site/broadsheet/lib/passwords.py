"""Argon2id with the parameters of RFC 9106 (argon2-cffi's low-memory profile: 64 MiB, 3 passes, 4 lanes)."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 1000

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


# Long enough, and yet among the first that anybody tries.
WIDESPREAD = frozenset((
    "0123456789", "1234567890", "12345678910", "0987654321", "1q2w3e4r5t", "1qaz2wsx3edc", "abcdefghij",
    "abcdefghijk", "administrator", "changemenow", "correcthorsebatterystaple", "iloveyou123", "letmein123",
    "letmeinplease", "password12", "password123", "password1234", "passwordpassword", "passw0rd123",
    "qwerty12345", "qwerty123456", "qwertyuiop", "qwertzuiop", "welcome123",
))  # fmt: skip


def is_guessable(password: str, *about: str) -> bool:
    """Whether somebody who knows these words about its owner (a name, an address) would try it first."""
    plain = _plain(password)
    words = {_plain(part) for word in about for part in (word, word.partition("@")[0]) if word}
    return plain in WIDESPREAD or plain in words or len(set(plain)) < 4


def _plain(words: str) -> str:
    return "".join(words.casefold().split())
