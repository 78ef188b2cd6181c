"""The secret keys of the site, and what is encrypted with them for the database."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from flask import current_app

from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from cryptography import fernet
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    fernet = lazily("cryptography.fernet")
    hashes = lazily("cryptography.hazmat.primitives.hashes")
    hkdf = lazily("cryptography.hazmat.primitives.kdf.hkdf")


def secret_keys() -> list[str]:
    """The oldest first, as itsdangerous wants them: it signs with the last."""
    return [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]


def seal(purpose: str, secret: str) -> str:
    """Encrypted for the database: who has a copy of that alone can do nothing with it."""
    return _sealer(purpose).encrypt(secret.encode()).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """What was sealed; None if it was with a key that nobody has any more."""
    try:
        return _sealer(purpose).decrypt(sealed.encode()).decode()
    except fernet.InvalidToken:
        return None


def _sealer(purpose: str) -> fernet.MultiFernet:
    """Encrypts with the present key, and reads what earlier ones encrypted."""
    return fernet.MultiFernet([fernet.Fernet(_derived(key, purpose)) for key in reversed(secret_keys())])


def _derived(key: str, purpose: str) -> bytes:
    """A key of its own for each purpose (RFC 5869); without a slow hash, for the secret key is random."""
    derivation = hkdf.HKDF(hashes.SHA256(), length=32, salt=None, info=f"broadsheet {purpose}".encode())
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
