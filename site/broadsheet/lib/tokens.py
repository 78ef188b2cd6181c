"""Random secrets for links and sessions. Only digests are stored: a stolen database opens no door."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a URL (RFC 4648 section 5)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The hex SHA-256 under which a token is stored. No salt: the token is random already."""
    return hashlib.sha256(token.encode()).hexdigest()
