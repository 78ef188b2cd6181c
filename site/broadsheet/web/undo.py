"""A message that says what was done, with the button that takes it back."""

from collections.abc import Mapping, Sequence

from flask import flash


def flash_with_undo(
    text: str, url: str, fields: Mapping[str, str | Sequence[str]] | None = None, category: str = "success"
) -> None:
    """`url` takes a POST that undoes the deed; `fields` are sent with it, a list as one field several times.
    templates/components/flashes.html shows both. The whole travels in the session's cookie: keep it short."""
    message = {"text": text, "undo": url, "fields": dict(fields or {})}
    flash(message, category)  # type: ignore[arg-type]  # Flask keeps whatever is JSON
