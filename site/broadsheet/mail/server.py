"""The mail server: how it is reached, and what it says to a message."""

import logging
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from broadsheet.config import THIS_MACHINE
from broadsheet.mail import dialogue
from broadsheet.mail.dialogue import Dialogue, EncryptedDialogue
from broadsheet.mail.letter import one_line

log = logging.getLogger(__name__)

LETTERS_A_CONNECTION = 50  # large providers close it after a hundred


class Refused(Exception):
    """The mail server will never take this message."""


class Away(Exception):
    """The mail server cannot be reached, or takes nothing from us: no other message would fare better."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False  # from the first byte
    starttls: bool = (
        False  # insisted on; else used where the server offers it. Whoever stands between can hide it
    )

    @property
    def needs_starttls(self) -> bool:
        """No password goes to another machine in the clear."""
        return not self.tls and (self.starttls or (bool(self.user) and self.host not in THIS_MACHINE))

    @classmethod
    def at(cls, url: str) -> "Server":
        """Of `smtp://user:password@host:587` (with `?starttls` TLS is insisted on without a user, too) or `smtps://…:465`."""
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

    def try_out(self) -> tuple[bool, bool]:
        """Whether the connection is encrypted, and whether we signed in; sends nothing. Raises OSError or
        SMTPException."""
        with self.connect() as connection:
            return isinstance(connection.sock, ssl.SSLSocket), bool(self.user)

    def connect(self) -> Dialogue:
        """Signed in, and encrypted where that is asked for or offered. Raises OSError or SMTPException."""
        context = ssl.create_default_context()
        if self.tls:
            connection: Dialogue = EncryptedDialogue(
                self.host, self.port, timeout=dialogue.TIMEOUT, context=context
            )
        else:
            connection = Dialogue(self.host, self.port, timeout=dialogue.TIMEOUT)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self.tls and connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif self.needs_starttls:
                raise smtplib.SMTPNotSupportedError("it offers no TLS, and nothing is sent to it without")
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class Courier:
    """Carries one message after the other, on the same connection as long as all goes well."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection: Dialogue | None = None
        self._delivered = 0

    def deliver(self, message: EmailMessage) -> None:
        """Raises Refused for what will not change, Away, or OSError or SMTPException for what may."""
        if self._delivered >= LETTERS_A_CONNECTION:
            self.leave()
        connection = self._connected()
        try:
            self._send(connection, message)
        except TimeoutError as error:  # it would be the same with the next, half a minute later
            self._drop()
            raise Away(cause(error)) from error
        except BaseException:
            self._drop()
            raise
        self._delivered += 1

    def leave(self) -> None:
        """Says goodbye."""
        if self._connection is not None:
            self._connection.begin()
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
        self._drop()

    def _connected(self) -> Dialogue:
        if self._connection is None:
            try:
                self._connection = self.server.connect()
            except (OSError, smtplib.SMTPException) as error:
                raise Away(cause(error)) from error
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._delivered = None, 0

    def _send(self, connection: Dialogue, message: EmailMessage) -> None:
        connection.begin()
        eight_bit = connection.has_extn("8bitmime")
        message.policy = message.policy.clone(cte_type="8bit" if eight_bit else "7bit")
        try:
            refused = connection.send_message(message, mail_options=["BODY=8BITMIME"] if eight_bit else ())
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


def cause(error: Exception) -> str:
    """One line on why nothing could be delivered."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return one_line(str(error)) or type(error).__name__


def _reasons(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{who}: {code} {_text(reason)}" for who, (code, reason) in refused.items())


def _text(reason: bytes | str) -> str:
    return one_line(reason.decode(errors="replace") if isinstance(reason, bytes) else reason)
