"""Mail. Every message is first a file in `instance/outbox/`; if a mail server is set, a thread sends it.

So no request waits for a mail server, and no message is lost when the server is away or the process dies:
what is still in the folder is tried again, by whichever process comes first. Only subscribers.py sends.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, current_app, render_template

from broadsheet.config import Settings
from broadsheet.mail.letter import Particulars, address, compose, message_id
from broadsheet.mail.outbox import Outbox, Standing, State
from broadsheet.mail.server import Server

__all__ = [
    "Particulars",
    "Standing",
    "State",
    "address",
    "carry_on",
    "init_app",
    "is_set_up",
    "message_id",
    "retry",
    "send",
    "send_to_each",
    "standing",
]

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    settings: Settings = app.config["BROADSHEET"]
    outbox = Outbox(settings.instance / "outbox", Server.at(settings.smtp_url) if settings.smtp_url else None)
    app.extensions["broadsheet_outbox"] = outbox
    app.before_request(outbox.open)


def send(
    to: str,
    subject: str,
    template: str,
    *,
    reply_to: str = "",
    particulars: Particulars | None = None,
    **context: object,
) -> Path:
    """Writes what `templates/mail/<template>.txt` makes into the outbox, from where it is delivered.

    `to` and `reply_to` are addresses, with or without a name (see `address`). Returns the message's file.
    """
    return _put([to], subject, template, particulars or Particulars(reply_to), context)


def send_to_each(
    recipients: Iterable[str],
    subject: str,
    template: str,
    *,
    particulars: Particulars | None = None,
    **context: object,
) -> Path:
    """A letter to each of many, who do not see each other. It is kept as one file, and goes on where it
    stopped, however often the process dies."""
    return _put(list(recipients), subject, template, particulars or Particulars(), context)


def _put(
    to: list[str], subject: str, template: str, particulars: Particulars, context: dict[str, object]
) -> Path:
    text = render_template(f"mail/{template}.txt", **context)
    outbox = the_outbox()
    path = outbox.put(compose(to, subject, text, particulars))
    if outbox.server is None:
        log.warning("Mail is not set up; the message was written to %s", outbox.shown(path))
    return path


def carry_on() -> None:
    """Sends what a process left behind that is no more."""
    the_outbox().carry_on()


def is_set_up() -> bool:
    """Whether there is a mail server; without one what is sent stays in the outbox."""
    return the_outbox().server is not None


def standing(file: str) -> Standing:
    """How it stands with the message of this name in the outbox."""
    return the_outbox().standing(file)


def retry(file: str) -> bool:
    """Tries a refused message once more; whether there is one of this name."""
    return the_outbox().retry(file)


def the_outbox() -> Outbox:
    outbox: Outbox = current_app.extensions["broadsheet_outbox"]
    return outbox
