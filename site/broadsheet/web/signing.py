"""What we sign with: the secret key, and the earlier ones that are still accepted."""

from flask import current_app
from itsdangerous import URLSafeTimedSerializer


def secret_keys() -> list[str]:
    """The oldest first, as itsdangerous wants them: it signs with the last."""
    return [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]


def signer(purpose: str) -> URLSafeTimedSerializer:
    """What is signed for one purpose is void for every other."""
    return URLSafeTimedSerializer(secret_keys(), salt=purpose)
