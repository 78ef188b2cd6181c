"""E-mail addresses: whether one could be right, and its one spelling."""

from typing import TYPE_CHECKING

from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = lazily("email_validator")


def normalised(address: str) -> str:
    """The address in Unicode's composed form, its host in small letters (RFC 5321, RFC 6531).

    Raises ValueError, which says in English what is wrong. Whether anybody reads it is not asked.
    """
    return email_validator.validate_email(address, check_deliverability=False).normalized
