"""The folder in which mails wait, and the thread that carries them away."""

import atexit
import logging
import os
import secrets
import smtplib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum, StrEnum, auto
from pathlib import Path
from threading import Event, Lock, Thread
from typing import NamedTuple

from broadsheet.lib import clock, durable
from broadsheet.mail.rounds import Progress, is_round, letters
from broadsheet.mail.server import Away, Courier, Refused, Server, cause

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

FIRST_RETRY, LAST_RETRY = 60.0, 3600.0  # seconds between attempts; doubled after each
KEEP_TRYING = 2 * 24 * 3600.0  # seconds; an older message is a surprise to whoever gets it
WAIT_FOR_OTHER = 1.0  # seconds
LOCK = ".lock"  # in the folder: who has it empties it
UNKEPT_AT_MOST = 1_000  # mails
AT_EXIT = 10.0  # seconds a command may stay to carry its messages away


REFUSED, WHY = ".refused", ".why"  # added to the name of what was set aside, and of the reason beside it


class State(StrEnum):
    WAITING = "waiting"
    REFUSED = "refused"
    SENT = "sent"  # the mail server has taken it


class Outcome(Enum):
    SENT = auto()
    FAILED = auto()  # some of it waits
    ELSEWHERE = auto()  # another process is at it


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
        self._is_failing = False
        self._progress: dict[Path, Progress] = {}
        self._unkept: dict[Path, bytes] = {}  # the disk had no room for them

    def put(self, message: EmailMessage) -> Path:
        """Keeps the message on the disk, whole, readable by its owner alone; then it is on its way."""
        path = self._new_path()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.write(path, bytes(message))
        except OSError as error:
            if self.server is None or len(self._unkept) >= UNKEPT_AT_MOST:
                raise
            log.error(
                "A mail cannot be kept on the disk (%s), only in memory until there is room", error.strerror
            )
            self._unkept[path] = bytes(message)
        self.open()
        self._wake.set()
        return path

    def _new_path(self) -> Path:
        # To the microsecond: sent in the order of the names, a letter follows the one that it refers to.
        return self.folder / f"{clock.now():%Y%m%dT%H%M%S.%f}-{secrets.token_hex(6)}.eml"

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

    def carry_on(self) -> None:
        """Sends what a process left behind that is no more, unless the mail server is away for this one."""
        if self.server is not None and not self._is_failing and self.waiting():
            self.open()
            self._wake.set()

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
        if path in self._unkept or path.exists():
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
        retry, self._is_failing = FIRST_RETRY, False
        pause: float | None = None  # until somebody writes
        while True:
            self._wake.wait(pause)
            self._wake.clear()
            closing = self._closing.is_set()
            try:
                outcome = self._empty()
            except Exception:
                log.exception("The outbox could not be read")
                outcome = Outcome.FAILED
            if outcome is Outcome.FAILED:
                pause = retry = min(retry * 2, LAST_RETRY) if self._is_failing else FIRST_RETRY
            else:
                pause = WAIT_FOR_OTHER if outcome is Outcome.ELSEWHERE else None
            self._is_failing = outcome is Outcome.FAILED
            if closing:
                return

    def _empty(self) -> Outcome:
        """Delivers what waits, one process at a time: of what is on its way when a process is killed, nobody
        knows whether it has arrived, so it goes once more; that is one letter and not several."""
        with self._alone() as is_alone:
            if not is_alone:
                return Outcome.ELSEWHERE
            return Outcome.SENT if self._deliver_all() else Outcome.FAILED

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        if sys.platform == "win32":  # where one process serves
            yield True
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.folder / LOCK).open("a")
        except OSError:  # a full disk: rather twice than never
            yield True
            return
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_alone = True
            except OSError:
                is_alone = False
            yield is_alone

    def _deliver_all(self) -> bool:
        """Whether all went."""
        assert self.server is not None  # noqa: S101  without a server no thread runs
        all_went, courier = True, Courier(self.server)
        try:
            for path, data in list(self._unkept.items()):
                all_went = self._keep_or_deliver(path, data, courier) and all_went
            for path in self.waiting():
                all_went = self._deliver(path, courier) and all_went
        except Away as error:
            log.error(
                "The mail server %s:%s cannot be reached: %s. Mails that wait: %s; they are tried again."
                " Check the setting smtp_url.",
                *(self.server.host, self.server.port, error, len(self.waiting())),
            )
            return False
        finally:
            courier.leave()
        return all_went

    def _keep_or_deliver(self, path: Path, data: bytes, courier: Courier) -> bool:
        """Of what the disk had no room for. Raises Away."""
        try:
            durable.write(path, data)
        except OSError:
            letter = parsed(data)
            try:
                if not is_round(letter):
                    courier.deliver(letter)
                elif not self._deliver_to_each(path, letter, courier):
                    return False
            except Refused as error:
                log.error("A message was not sent, and could not be kept: %s", error)
            except (OSError, smtplib.SMTPException):
                return False
        del self._unkept[path]
        return True

    def _deliver(self, path: Path, courier: Courier) -> bool:
        """Whether nothing is left to do. Raises Away."""
        try:
            with path.open("rb") as file:
                if not _claim(file.fileno(), path):
                    return True  # another process has it
                if time.time() - os.fstat(file.fileno()).st_mtime > KEEP_TRYING:
                    self._set_aside(path, "it is older than two days")
                    return True
                letter = parsed(file.read())
                if not is_round(letter):
                    courier.deliver(letter)
                elif not self._deliver_to_each(path, letter, courier):
                    return False
                path.unlink()
        except FileNotFoundError:
            return True
        except Refused as error:
            self._set_aside(path, str(error))
        except (OSError, smtplib.SMTPException) as error:
            self._tell(path, error)
            return False
        return True

    def _deliver_to_each(self, path: Path, letter: EmailMessage, courier: Courier) -> bool:
        """Whether everybody has got it who can. Raises Away."""
        progress = self._progress.setdefault(path, Progress(path))
        all_went = True
        for address, own in letters(letter):
            if address in progress:
                continue
            try:
                courier.deliver(own)
            except Refused as error:
                refused = self._new_path()
                durable.write(refused, bytes(own))
                self._set_aside(refused, str(error))
            except (OSError, smtplib.SMTPException) as error:
                self._tell(path, error)
                all_went = False
                continue
            progress.add(address)
        if all_went:
            progress.forget()
            del self._progress[path]
        return all_went

    def _tell(self, path: Path, error: Exception) -> None:
        log.error("Mail could not be sent: %s. %s is kept and tried again.", cause(error), self.shown(path))

    def _set_aside(self, path: Path, why: str) -> None:
        log.error(
            "A message was not sent: %s. It is kept as %s.refused; rename it to .eml to try again.",
            why,
            self.shown(path),
        )
        durable.write(path.with_name(path.name + WHY), why.encode())
        path.rename(path.with_name(path.name + REFUSED))


def parsed(data: bytes) -> EmailMessage:
    return message_from_bytes(data, EmailMessage, policy=SMTP)


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
