"""A message that says what was done, with the button that takes it back."""

from collections.abc import Mapping, Sequence

from flask import flash, session

LONGEST = 5000  # characters of messages: numbers and dates, which the cookie holds in about half as many


def flash_with_undo(
    text: str, url: str, fields: Mapping[str, str | Sequence[str]] | None = None, category: str = "success"
) -> None:
    """`url` takes a POST that undoes the deed; `fields` are sent with it, a list as one field several times.
    templates/components/flashes.html shows both. All of it travels in the session's cookie, for which
    browsers have 4096 bytes; what would not fit is told without its undo."""
    message: dict[str, object] = {"text": text}
    if len(str(fields)) + len(str(session.get("_flashes", ""))) <= LONGEST:
        message |= {"undo": url, "fields": dict(fields or {})}
    flash(message, category)  # type: ignore[arg-type]  # Flask keeps whatever is JSON
