"""What is said with a mail server comes to an end, whatever the server does."""

import smtplib
import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import socket

TIMEOUT = 30.0  # seconds, for each step of talking to the mail server
DIALOGUE = 120.0  # seconds, for signing in, and again for each letter, however steadily an answer trickles
LONGEST_ANSWER = 64 * 1024  # bytes; what a server can do fits into one


class Dialogue(smtplib.SMTP):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.begin()
        super().__init__(*args, **kwargs)

    def begin(self) -> None:
        """The time counts from now."""
        self._ends_at = time.monotonic() + DIALOGUE

    def seconds_left(self) -> float:
        """For the next step. Raises TimeoutError."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return min(TIMEOUT, left)

    def send(self, s: Any) -> None:
        if self.sock:
            self.sock.settimeout(self.seconds_left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self.file: Any
        if self.file is None:
            self.file = Answers(self)
        self.file.begin()
        return super().getreply()


class EncryptedDialogue(Dialogue, smtplib.SMTP_SSL):
    """From the first byte."""


class Answers:
    """Their lines, as `smtplib` reads them; OSError where an answer has no end."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue, self._socket = dialogue, cast("socket.socket", dialogue.sock)
        self._came, self._left = b"", LONGEST_ANSWER

    def begin(self) -> None:
        """The next answer."""
        self._left = LONGEST_ANSWER

    def readline(self, most: int) -> bytes:
        while b"\n" not in self._came and len(self._came) < most:
            self._socket.settimeout(self._dialogue.seconds_left())
            piece = self._socket.recv(4096)
            if not piece:
                break
            self._came += piece
        end = self._came.find(b"\n") + 1 or len(self._came)
        line, self._came = self._came[: min(end, most)], self._came[min(end, most) :]
        self._left -= len(line)
        if self._left < 0:
            raise OSError("its answer has no end")
        return line

    def close(self) -> None:
        """The dialogue closes the socket."""
