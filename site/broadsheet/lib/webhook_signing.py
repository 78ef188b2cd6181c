"""Signatures of webhooks, by the Standard Webhooks specification (standardwebhooks.com), HMAC-SHA256.

A message has three headers: `webhook-id`, the same whenever it is sent again; `webhook-timestamp`, the
seconds at which it is sent; `webhook-signature`, `v1,` and the HMAC of id, timestamp and body with dots
between, in base64. Of several signatures, each with a secret of its own, one has to fit.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
BYTES = 32  # of a new secret; the specification allows 24 to 64
LEAST, MOST = 24, 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def new_id() -> str:
    return f"msg_{secrets.token_hex(16)}"


def headers(keys: Iterable[str], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes with the body. Raises ValueError if one of the keys is no secret."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, id, timestamp, body) for key in keys),
    }


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    signed = f"{id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is base64") from error
    if not secret.startswith(PREFIX) or not LEAST <= len(key) <= MOST:
        raise ValueError(f"a secret is {PREFIX} and {LEAST} to {MOST} bytes")
    return key
