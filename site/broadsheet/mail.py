"""Mail. Every message is first a file in `instance/outbox/`; if a mail server is set, a thread sends it.

So no request waits for a mail server, and no message is lost when the server is away or the process dies:
what is still in the folder is tried again, by whichever process comes first. Only subscribers.py sends.
"""

import atexit
import logging
import os
import secrets
import smtplib
import ssl
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from threading import Event, Lock, Thread
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app, has_request_context, render_template, request

from broadsheet.config import Settings
from broadsheet.lib import clock
from broadsheet.models import Site

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

LONGEST_LINE = 990
TIMEOUT = 30.0  # seconds, for each step of talking to the mail server
FIRST_RETRY, LAST_RETRY = 60.0, 3600.0  # seconds between attempts; doubled after each
KEEP_TRYING = 2 * 24 * 3600.0  # seconds; an older message is a surprise to whoever gets it
AT_EXIT = 10.0  # seconds a command may stay to carry its messages away


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


def address(name: str, email: str) -> str:
    """One line `Name <email>` in which no name, whatever it holds, can become a header of its own."""
    return str(as_address(one_line(name), email))


def compose(to: list[str], subject: str, text: str, reply_to: str = "") -> EmailMessage:
    sent_from = sender()
    plain = all(line.isascii() for line in (sent_from, reply_to, *(parseaddr(line)[1] for line in to)))
    message = EmailMessage(SMTP if plain else SMTPUTF8)
    message["From"] = sent_from
    message["To"] = [parsed(line) for line in to]
    if reply_to:
        message["Reply-To"] = parsed(reply_to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=parseaddr(sent_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs keep still
    message.set_content(text.strip() + "\n", cte=encoding_for(text))
    return message


def encoding_for(text: str) -> str:
    """As it is if lines are short enough (RFC 5321, 4.5.3.1.6): a link in the outbox can be copied then."""
    if any(len(line.encode()) > LONGEST_LINE for line in text.splitlines()):
        return "quoted-printable"
    return "7bit" if text.isascii() else "8bit"


def sender() -> str:
    settings: Settings = current_app.config["BROADSHEET"]
    if settings.mail_from:
        return str(parsed(settings.mail_from))
    site = Site.load()
    here = request.host_url if has_request_context() else ""
    home = urlsplit(settings.site_url or next(iter(site.addresses), here))
    return address(site.title, f"noreply@{ascii_host(home.hostname or 'localhost')}")


def parsed(line: str) -> Address:
    return as_address(*parseaddr(one_line(line)))


def as_address(name: str, email: str) -> Address:
    local, at, domain = email.rpartition("@")
    if not (local and at and domain):
        raise ValueError("this is no mail address")
    return Address(name, local, domain)


def one_line(words: str) -> str:
    return "".join(character for character in " ".join(words.split()) if character.isprintable())


def ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "localhost"


class Refused(Exception):
    """The mail server will never take this message."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False  # from the first byte
    starttls: bool = False  # insisted on; else used where the server offers it

    @classmethod
    def at(cls, url: str) -> "Server":
        """Of `smtp://user:password@host:587` (with `?starttls` TLS is insisted on) or `smtps://…:465`."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if tls else 587 if parts.username else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
            starttls="starttls" in parts.query,
        )

    def deliver(self, message: EmailMessage) -> None:
        """Raises Refused for what will not change, OSError or SMTPException for what may."""
        with self._connect() as connection:
            eight_bit = connection.has_extn("8bitmime")
            message.policy = message.policy.clone(cte_type="8bit" if eight_bit else "7bit")
            try:
                refused = connection.send_message(
                    message, mail_options=["BODY=8BITMIME"] if eight_bit else ()
                )
            except smtplib.SMTPRecipientsRefused as error:
                if all(500 <= code < 600 for code, _ in error.recipients.values()):
                    raise Refused(_reasons(error.recipients)) from error
                raise
            except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
                if 500 <= error.smtp_code < 600:
                    raise Refused(f"{error.smtp_code} {_text(error.smtp_error)}") from error
                raise
            except smtplib.SMTPNotSupportedError as error:
                raise Refused(str(error)) from error
        if refused:
            log.error("The mail server did not take every recipient: %s", _reasons(refused))

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self.tls and (self.starttls or connection.has_extn("starttls")):
                connection.starttls(context=context)
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class Outbox:
    """The folder, and one thread a process that empties it."""

    def __init__(self, folder: Path, server: Server | None) -> None:
        self.folder, self.server = folder, server
        self._lock = Lock()
        self._wake, self._closing = Event(), Event()
        self._thread: Thread | None = None
        self._process = 0

    def put(self, message: EmailMessage) -> Path:
        """Keeps the message on the disk, whole, readable by its owner alone; then it is on its way."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
        draft, path = self.folder / f"{name}.part", self.folder / f"{name}.eml"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes(message))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync(self.folder)
        self.open()
        self._wake.set()
        return path

    def open(self) -> None:
        """Starts the thread, once a process: also what an earlier one left behind is sent then."""
        if self.server is None or self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._wake, self._closing = Event(), Event()
            self._thread = Thread(target=self._work, name="outbox", daemon=True)
            self._process = os.getpid()
            self._wake.set()
            self._thread.start()
        atexit.register(self.close)

    def close(self, timeout: float = AT_EXIT) -> None:
        """Lets the thread finish what it is about, and ends it. What is left stays in the folder."""
        if self._thread is None or self._process != os.getpid():
            return
        self._closing.set()
        self._wake.set()
        self._thread.join(timeout)
        self._thread, self._process = None, 0
        atexit.unregister(self.close)

    def waiting(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))

    def shown(self, path: Path) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}/{path.name}"

    def _work(self) -> None:
        pause = FIRST_RETRY
        failed = False
        while True:
            self._wake.wait(pause if failed else None)
            self._wake.clear()
            closing = self._closing.is_set()
            was_failing = failed
            try:
                failed = not self._empty()
            except Exception:
                log.exception("The outbox could not be read")
                failed = True
            pause = min(pause * 2, LAST_RETRY) if failed and was_failing else FIRST_RETRY
            if closing:
                return

    def _empty(self) -> bool:
        """Delivers what waits; whether all went."""
        all_went = True
        for path in self.waiting():
            all_went = self._deliver(path) and all_went
        return all_went

    def _deliver(self, path: Path) -> bool:
        assert self.server is not None  # noqa: S101  without a server no thread runs
        try:
            with path.open("rb") as file:
                if not _claim(file.fileno(), path):
                    return True  # another process has it
                if time.time() - os.fstat(file.fileno()).st_mtime > KEEP_TRYING:
                    self._set_aside(path, "it is older than two days")
                    return True
                message = message_from_bytes(file.read(), EmailMessage, policy=SMTP)
                self.server.deliver(message)
                path.unlink()
        except FileNotFoundError:
            return True
        except Refused as error:
            self._set_aside(path, str(error))
        except (OSError, smtplib.SMTPException) as error:
            log.error(
                "Mail could not be sent: %s. %s is kept and tried again. Check the setting smtp_url (%s:%s).",
                _cause(error),
                self.shown(path),
                self.server.host,
                self.server.port,
            )
            return False
        return True

    def _set_aside(self, path: Path, why: str) -> None:
        log.error(
            "A message was not sent: %s. It is kept as %s.refused; rename it to .eml to try again.",
            why,
            self.shown(path),
        )
        path.rename(path.with_name(path.name + ".refused"))


def _claim(descriptor: int, path: Path) -> bool:
    """Whether the file is this process's to send: nobody else holds it, and nobody has just sent it."""
    if sys.platform == "win32":
        return True  # where one process serves
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """A new name is durable only when its folder is (fsync(2))."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reasons(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{who}: {code} {_text(reason)}" for who, (code, reason) in refused.items())


def _text(reason: bytes | str) -> str:
    return one_line(reason.decode(errors="replace") if isinstance(reason, bytes) else reason)


def _cause(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return one_line(str(error)) or type(error).__name__
