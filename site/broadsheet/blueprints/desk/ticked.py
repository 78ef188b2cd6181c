"""What is ticked in a list, and what the button "Undo" brings back, as their forms send them."""

from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

MOST = 50  # rows at once; a page of a list has fewer


def chosen_ids() -> list[int]:
    sent = dict.fromkeys(request.form.getlist("ids"))
    return [int(id) for id in sent if is_number(id)]


def what_is_missing(ids: list[int], deed: Any = True) -> str:
    """Before the deed can be done to these; "" if it can."""
    if deed is None:
        return _("Choose what to do first.")
    if not ids:
        return _("Tick something first.")
    if len(ids) > MOST:
        return _("%(limit)s at once are the most. Nothing is done yet.", limit=MOST)
    return ""


def remembered() -> dict[int, str]:
    """By the id of each row, what undoing needs to know of it; sent as `7:that`."""
    sent = dict(entry.partition(":")[::2] for entry in request.form.getlist("was")[:MOST])
    return {int(id): was for id, was in sent.items() if is_number(id)}


def as_sent(done: dict[int, str]) -> list[str]:
    """What `remembered` reads."""
    return [f"{id}:{was}" for id, was in done.items()]


def moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):  # the latter at either end of time
        return None


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
