"""What a token of the API looks like: `bsh_`, 32 random characters, and a checksum of 6 over those.

The prefix lets a program that looks for leaked secrets recognise one, and the checksum lets it be sure
without asking anybody (github.blog, "Behind GitHub's new authentication token formats"): `REGEX` finds what
looks like a token, and the last six characters are the CRC-32 (as zlib has it) of the 32 before them, written
with the digits of `ALPHABET`, zeros in front. The 32 are 190 random bits.
"""

import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX = "bsh_"
RANDOM, CHECKSUM = 32, 6
REGEX = re.compile(rf"\b{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}\b", re.ASCII)


def new_token() -> str:
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return PREFIX + random + checksum(random)


def is_well_formed(text: str) -> bool:
    """Whether it can be a token at all: one that was mistyped or cut off cannot."""
    random, check = text[len(PREFIX) : -CHECKSUM], text[-CHECKSUM:]
    return bool(REGEX.fullmatch(text)) and checksum(random) == check


def checksum(random: str) -> str:
    number, digits = zlib.crc32(random.encode("ascii")), ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(CHECKSUM, ALPHABET[0])
