"""Mail. Every message is first a file in `instance/outbox/`; if a mail server is set, a thread sends it.

So no request waits for a mail server, and no message is lost when the server is away or the process dies:
what is still in the folder is tried again, by whichever process comes first. Only subscribers.py sends.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, current_app, render_template

from broadsheet.config import Settings
from broadsheet.mail.letter import address, compose
from broadsheet.mail.outbox import Outbox
from broadsheet.mail.server import Server

__all__ = ["address", "init_app", "send"]

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    settings: Settings = app.config["BROADSHEET"]
    outbox = Outbox(settings.instance / "outbox", Server.at(settings.smtp_url) if settings.smtp_url else None)
    app.extensions["broadsheet_outbox"] = outbox
    app.before_request(outbox.open)


def send(
    to: str | Iterable[str], subject: str, template: str, *, reply_to: str = "", **context: object
) -> Path:
    """Writes what `templates/mail/<template>.txt` makes into the outbox, from where it is delivered.

    `to` and `reply_to` are addresses, with or without a name (see `address`). Returns the message's file.
    """
    recipients = [to] if isinstance(to, str) else list(to)
    message = compose(recipients, subject, render_template(f"mail/{template}.txt", **context), reply_to)
    outbox: Outbox = current_app.extensions["broadsheet_outbox"]
    path = outbox.put(message)
    if outbox.server is None:
        log.warning("Mail is not set up; the message was written to %s", outbox.shown(path))
    return path
