"""Takes away from a running site what it leans on, and looks what becomes of readers, writers and letters.

    .venv/bin/python -m bench.failures

One after the other, on a site of several processes in a temporary folder: another process holds the lock of
the database for longer than the site waits; the mail server refuses connections, hangs, and answers 451, and
is back then; a server process is killed, and the background worker. Each time readers must be answered, and a
writer must be told the truth and get back what was typed. Afterwards all must work without a restart, and
every letter be sent.

Exits 1 if anything of this does not hold. Full disks and kills at random: bench.crashes.
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiosmtpd.controller import Controller

from bench import client, scratch
from bench.client import Browser, Unexpected
from bench.crashes import FORM, Site

READ = ("/", "/archive", "/feed.atom", "/search?q=text")
ENDS_WITHIN = 90  # seconds
TEXT = "What somebody wrote\r\nfor an hour."


class Postbox:
    def __init__(self) -> None:
        self.letters, self.answer = 0, "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        self.letters += self.answer.startswith("250")
        return self.answer


class MailServer(Controller):
    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, host=self.hostname, port=self.port, reuse_port=True
        )


class Trial:
    """A site with an admin who writes, and a visitor."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.say, self.wrong = say, 0
        self.instance, self.kept = folder / "instance", kept_port()
        self.mail_port = int(self.kept.getsockname()[1])
        scratch.manage(self.instance, *scratch.new_admin(), typed=scratch.PASSWORD + "\n")
        self.site = Site(self.instance, folder / "log", smtp_url=f"smtp://127.0.0.1:{self.mail_port}")
        self.site.start()
        self.browser = Browser(self.site.port)
        self.browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
        self.browser.open("/desk/posts/new")
        self.ticket = client.hidden(self.browser.open("/contact"), "ticket")
        self.written = 0

    def holds(self, what: str, is_so: object) -> None:
        if not is_so:
            self.wrong += 1
        self.say(f"{'ok ' if is_so else 'BAD'} {what}")

    def readers_are_answered(self, when: str) -> None:
        """What the press has, and what it has not."""
        asked = [*READ, *(f"{path}{'&' if '?' in path else '?'}anew={time.time_ns()}" for path in READ)]
        statuses = []
        for path in asked:
            with client.Connection(self.site.port) as connection:
                statuses.append(connection.get(path).status)
        self.holds(f"{when}: readers get {sorted(set(statuses))}", set(statuses) == {200})

    def write(self) -> tuple[int, str]:
        """Publishes a post; the answer."""
        self.written += 1
        typed = {"title": f"Post {self.written}", "body": TEXT, "csrf_token": self.browser.token}
        return self._sent("/desk/posts/new/publication", typed)

    def send_message(self) -> int:
        typed = {"name": "Vera", "email": "vera@example.org", "message": TEXT, "ticket": self.ticket}
        return self._sent("/contact", typed)[0]

    def works(self, when: str) -> None:
        status, _text = self.write()
        page = client.get(self.site.port, "/").body.decode()
        self.holds(f"{when}: a post is published and read", status == 303 and f"Post {self.written}" in page)

    def _sent(self, path: str, typed: dict[str, str]) -> tuple[int, str]:
        headers = {**FORM, "Origin": f"http://127.0.0.1:{self.site.port}"}
        return self.browser._ask("POST", path, urlencode(typed), headers)


# -- what is taken away


def lock(trial: Trial) -> None:
    """For longer than the site waits for it."""
    database = trial.instance / "broadsheet.db"
    with closing(sqlite3.connect(database, isolation_level=None, timeout=20)) as other:
        other.execute("BEGIN IMMEDIATE")
        trial.readers_are_answered("database locked")
        status, text = trial.write()
        other.execute("ROLLBACK")
    trial.holds(f"database locked: the writer is told {status}", status == 503)
    trial.holds("database locked: what was typed comes back", "for an hour." in text)
    trial.works("database free again")


def mail(trial: Trial) -> None:
    """Refused, hanging, busy, and back: all letters arrive."""
    waiting = len(letters(trial))
    sent = [trial.send_message()]
    trial.holds("mail server refuses: the message is taken", sent == [303])
    trial.holds("mail server refuses: its letter waits", len(letters(trial)) == waiting + 1)
    with silent(trial.mail_port):
        sent.append(trial.send_message())
        trial.readers_are_answered("mail server hangs")
    postbox = Postbox()
    postbox.answer = "451 Later"
    controller = MailServer(postbox, hostname="127.0.0.1", port=trial.mail_port)
    controller.start()
    try:
        sent.append(trial.send_message())
        trial.holds("mail server hangs, is busy: messages are taken", set(sent) == {303})
        postbox.answer = "250 OK"
        sent.append(trial.send_message())  # also wakes who sends, before the pause is over
        until(lambda: not letters(trial))
        trial.holds(f"mail server is back: {postbox.letters} letters arrive", postbox.letters >= len(sent))
    finally:
        controller.stop()


def processes(trial: Trial) -> None:
    """Of those that answer, and the worker."""
    for name, arguments in (("a server process", " run "), ("the background worker", " work ")):
        children = [pid for pid in family(trial) if arguments in command(pid)]
        os.kill(children[-1], signal.SIGKILL)
        until(lambda gone=children[-1]: not command(gone))  # a dying process may still take a connection
        trial.readers_are_answered(f"{name} is killed")
        trial.works(f"{name} is killed")
        until(lambda arguments=arguments, gone=children[-1]: replaced(trial, arguments, gone))
        trial.holds(f"{name} is replaced", True)


TRIALS = (lock, mail, processes)


@contextmanager
def silent(port: int) -> Iterator[None]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", port), reuse_port=True):
        yield


def kept_port() -> socket.socket:
    """Of which nothing listens, and that nobody else is given meanwhile: who connects is refused."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(("127.0.0.1", 0))
    return one


def letters(trial: Trial) -> list[Path]:
    return list((trial.instance / "outbox").glob("*.eml"))


def family(trial: Trial) -> list[int]:
    """All that the site has started, the server itself left out."""
    process = trial.site._process
    group = process.pid if process else 0
    pids = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return sorted(pid for pid in pids if pid != group and parent(pid) == group)


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def replaced(trial: Trial, arguments: str, gone: int) -> bool:
    pids = [pid for pid in family(trial) if arguments in command(pid)]
    return gone not in pids and len(pids) == (2 if arguments == " run " else 1)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + ENDS_WITHIN
    while not condition():
        if time.monotonic() > end:
            raise Unexpected("it does not come back")
        time.sleep(0.05)


def run(folder: Path, say: Callable[[str], None]) -> int:
    """How much does not hold."""
    trial = Trial(folder, say)
    try:
        trial.works("at first")
        for take_away in TRIALS:
            take_away(trial)
    except (OSError, http.client.HTTPException, Unexpected) as error:
        trial.holds(f"an answer, and not {error!r}", False)
    finally:
        trial.site.kill()
        trial.kept.close()
    return trial.wrong


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-failures-"))
    try:
        wrong = run(folder, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
