"""A message that says what was done, with the button that takes it back."""

from flask import flash


def flash_with_undo(text: str, url: str) -> None:
    """`url` takes a POST that undoes the deed; templates/components/flashes.html shows both."""
    flash({"text": text, "undo": url}, "success")  # type: ignore[arg-type]  # Flask keeps whatever is JSON
