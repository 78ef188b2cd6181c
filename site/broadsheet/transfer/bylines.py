"""Names as bylines give them."""

import re

_GROUP = re.compile(
    r"\b(teams?|groups?|council|committee|foundation|association|club|department|wg)$", re.IGNORECASE
)
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "inc", "ltd", "llc", "gmbh"}


def split(text: str) -> list[str]:
    """`"A, B and C"` → three names; a team, a title after a comma, "on behalf of …" stay with their name."""
    text = re.sub(r"(?<!\S)@(?=\w)", "", " ".join(text.split()))
    if not text or re.search(r"\bon behalf of\b", text, re.IGNORECASE):
        return [text] if text else []
    parts = [part for part in re.split(r"\s*,\s*(?:and\s+|&\s*)?|\s+and\s+|\s+&\s+|\s*;\s*", text) if part]
    return [text] if any(map(_is_no_name, parts)) or _is_one_name(text, parts) else parts


def _is_no_name(part: str) -> bool:
    words = part.split()
    return (
        part.lower().rstrip(".") in _SUFFIXES
        or len(words) > 5
        or (len(words) > 2 and words[-2] in ("of", "at"))
    )


def _is_one_name(text: str, parts: list[str]) -> bool:
    if len(parts) != 2:
        return len(parts) < 2
    first, second = parts
    one_word_each = " " not in first and " " not in second
    doe_john = one_word_each and re.search(r",(?!\s*(?:and|&)\b)", text) is not None
    research_and_development_team = (
        _GROUP.search(second) and " " not in first and not second.lower().startswith("the ")
    )
    return bool(doe_john or research_and_development_team)
