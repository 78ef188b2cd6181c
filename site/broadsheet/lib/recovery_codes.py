"""Recovery codes as they are shown and typed: six groups of four characters, 120 random bits.

So many that the digest needs no salt and no slow hash (OWASP ASVS 5.0, 6.5.2): nobody can try them all.
"""

import secrets

# Crockford's base 32: no I, L, O and U, which are taken for others or make words.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
GROUPS, LENGTH = 6, 4
_MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0"})


def new_code() -> str:
    """As in "7k3m-q0zt-9abc-xw4p-2f8d-v6hj"."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))


def tidied(typed: str) -> str:
    """The code that was meant: in any case, with or without hyphens and spaces, with an O for a zero."""
    characters = "".join(one for one in typed.lower().translate(_MISREAD) if one in ALPHABET)
    return "-".join(characters[at : at + LENGTH] for at in range(0, len(characters), LENGTH))
