"""Which version of Broadsheet this is."""

VERSION = "0.4"


def numbers(version: str) -> tuple[int, ...]:
    """`0.10` comes after `0.9`."""
    return tuple(int(part) for part in version.split("."))
