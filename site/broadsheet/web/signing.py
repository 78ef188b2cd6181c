"""What we sign: with the secret key, and so that the earlier ones are still accepted."""

from itsdangerous import URLSafeTimedSerializer

from broadsheet.sealing import secret_keys


def signer(purpose: str) -> URLSafeTimedSerializer:
    """What is signed for one purpose is void for every other."""
    return URLSafeTimedSerializer(secret_keys(), salt=purpose)
