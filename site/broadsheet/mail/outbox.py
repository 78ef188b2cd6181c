"""The folder in which mails wait, and the thread that carries them away."""

import atexit
import logging
import os
import secrets
import smtplib
import sys
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from typing import NamedTuple

from broadsheet.lib import clock, durable
from broadsheet.mail.server import Refused, Server, cause

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

FIRST_RETRY, LAST_RETRY = 60.0, 3600.0  # seconds between attempts; doubled after each
KEEP_TRYING = 2 * 24 * 3600.0  # seconds; an older message is a surprise to whoever gets it
AT_EXIT = 10.0  # seconds a command may stay to carry its messages away


REFUSED, WHY = ".refused", ".why"  # added to the name of what was set aside, and of the reason beside it


class State(StrEnum):
    WAITING = "waiting"
    REFUSED = "refused"
    SENT = "sent"  # the mail server has taken it


class Standing(NamedTuple):
    state: State
    why: str = ""


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
        # To the microsecond: sent in the order of the names, a letter follows the one that it refers to.
        path = self.folder / f"{clock.now():%Y%m%dT%H%M%S.%f}-{secrets.token_hex(6)}.eml"
        durable.write(path, bytes(message))
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

    def standing(self, name: str) -> Standing:
        path = self.folder / Path(name).name
        if path.exists():
            return Standing(State.WAITING)
        if not path.with_name(path.name + REFUSED).exists():
            return Standing(State.SENT)
        try:
            return Standing(State.REFUSED, path.with_name(path.name + WHY).read_text(encoding="utf-8"))
        except OSError:
            return Standing(State.REFUSED)

    def retry(self, name: str) -> bool:
        """Tries once more what was refused; its two days begin anew."""
        path = self.folder / Path(name).name
        refused = path.with_name(path.name + REFUSED)
        try:
            os.utime(refused)
            refused.rename(path)
        except FileNotFoundError:
            return False
        path.with_name(path.name + WHY).unlink(missing_ok=True)
        self.open()
        self._wake.set()
        return True

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
                cause(error),
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
        durable.write(path.with_name(path.name + WHY), why.encode())
        path.rename(path.with_name(path.name + REFUSED))


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
