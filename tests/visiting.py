"""What a visitor does with a form: opens the page, types for a while, sends everything that it holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from markup import Element, Page

A_WHILE = timedelta(seconds=20)


def fields_of(markup: str, action: str) -> dict[str, str]:
    """The form's fields as a browser would send them untouched."""
    form = next(form for form in Page(markup).all("form") if form.get("action") == action)
    return {field["name"]: field.value for field in form.walk() if _is_sent(field)}


def fill_in(client: Any, address: str, typing: timedelta = A_WHILE, **typed: str) -> Any:
    """The answer to the form that stands at the address, sent after `typing`."""
    fields = fields_of(client.get(address).text, address)
    with time_machine.travel(datetime.now(UTC) + typing, tick=False):
        return client.post(address, data=fields | typed)


def send_again(client: Any, answer: Any, address: str, waiting: timedelta = A_WHILE, **typed: str) -> Any:
    """The form that came back with an error, sent as it is but for what is typed anew."""
    with time_machine.travel(datetime.now(UTC) + waiting, tick=False):
        return client.post(address, data=fields_of(answer.text, address) | typed)


def _is_sent(field: Element) -> bool:
    return field.name in ("input", "textarea") and bool(field.get("name"))
