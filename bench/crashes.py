"""Kills the whole site at random moments, while people write, and looks for each acknowledged write.

    .venv/bin/python -m bench.crashes [--rounds 200] [--seed 1] [--full-disk]

Each round several clients write through HTTP, as browsers do: new posts, posts that are published, autosaves,
messages of visitors, uploads. Then every process of the site gets SIGKILL, at a moment that nobody chose; the
site starts again, each write that was acknowledged in this round is looked for, in the database and as a
reader would, and `doctor` looks the whole over. After the last round those of all rounds are looked for once
more. A write whose answer never came may be there or not; half of one may not.

With --full-disk (as root, on Linux) the site lies on a small disk that is full to the last byte at moments
that nobody chose, while people write. What is refused then must be refused for that reason; readers must be
answered all the time.

The site is one of its own, in a temporary folder. Exits 1 if anything was lost or is broken.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench import ROOT, client, scratch, servers
from bench.client import Browser, Unexpected
from bench.small_disk import Filling, SmallDisk

READ = ("/", "/archive", "/post/1")
HONEST, NO_ROOM = (503, 507), "has no room"  # answers of a site whose disk is full
CLIENTS = ("draft", "publication", "autosave", "message", "upload")
SOONEST, LATEST = 1.0, 4.0  # seconds after the clients begin
STARTS_WITHIN = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOUNDARY = "----------------------------what-a-browser-makes-up"


@dataclass
class Written:
    """What was acknowledged: the words (or, of an upload, its key) by which it is found again, by kind."""

    by_kind: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in CLIENTS})

    def __len__(self) -> int:
        return sum(map(len, self.by_kind.values()))

    def add(self, other: "Written") -> None:
        for kind, found in other.by_kind.items():
            self.by_kind[kind] += found


class Site:
    """A running site of several processes in a group of their own."""

    def __init__(self, instance: Path, log: Path, **settings: object) -> None:
        self.instance, self.log, self.port = instance, log, servers.free_port()
        self._settings = {"rate_limits": "off", "workers": 2, "check_links": "off"} | settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises Unexpected if it does not answer."""
        environ = servers.environment(instance=self.instance, **self._settings)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run", "--port", str(self.port)],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        began = time.monotonic()
        while time.monotonic() < began + STARTS_WITHIN and self._process.poll() is None:
            with suppress(OSError, Unexpected):
                client.get(self.port, "/health/ready")
                return
            time.sleep(0.02)
        raise Unexpected(f"the site does not start again: see {self.log}")

    def kill(self) -> None:
        """All of it at once: nothing is closed, nothing is said."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Writers:
    """The clients of one round. `written` is what was acknowledged to them."""

    def __init__(
        self, port: int, browser: Browser, ticket: str, label: str, *, may_refuse: bool = False
    ) -> None:
        self.port, self.browser, self.ticket, self.label = port, browser, ticket, label
        self.written, self.read = Written(), 0
        self.may_refuse, self.refused = may_refuse, 0
        self.trouble: list[str] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(kind, getattr(self, f"_{kind}"))) for kind in CLIENTS
        ]
        if may_refuse:
            self._threads.append(threading.Thread(target=self._read))

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _write(self, kind: str, send: Callable[[str], str | None]) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            try:
                if found := send(f"{kind} {number} of {self.label}"):
                    self.written.by_kind[kind].append(found)
            except (OSError, http.client.HTTPException):
                return  # it was killed: nobody has told us anything

    def _read(self) -> None:
        """A reader, who is to notice nothing. What is asked anew each time, the press has not."""
        while not self._over.is_set():
            path = f"{READ[self.read % len(READ)]}?again={self.read}" if self.read % 2 else "/"
            try:
                with client.Connection(self.port) as connection:
                    status = connection.get(path).status
            except (OSError, Unexpected):
                return
            if status not in (200, 301, 308):
                self.trouble.append(f"a reader of {path.partition('?')[0]} got {status}")
            self.read += 1

    def _draft(self, words: str) -> str | None:
        return words if self._sends("/desk/posts/new", title=words, body=f"{words}\n\nText.") else None

    def _publication(self, words: str) -> str | None:
        return words if self._sends("/desk/posts/new/publication", title=words, body=f"{words}.") else None

    def _autosave(self, words: str) -> str | None:
        return words if self._sends("/desk/posts/new/autosaves", title=words, body=words) else None

    def _message(self, words: str) -> str | None:
        typed = {"name": "Vera Visitor", "email": "vera@example.org", "ticket": self.ticket}
        return words if self._sends("/contact", message=words, subject="", **typed) else None

    def _upload(self, words: str) -> str | None:
        part = f"--{BOUNDARY}\r\nContent-Disposition: form-data"
        parts = [
            f'{part}; name="csrf_token"\r\n\r\n{self.browser.token}\r\n',
            f'{part}; name="files"; filename="{words}.txt"\r\nContent-Type: text/plain\r\n\r\n',
            f"{words * 200}\r\n--{BOUNDARY}--\r\n",
        ]
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}
        status, text = self._ask("/desk/uploads", "".join(parts), headers)
        return str(json.loads(text)["path"]) if status == 201 else self._noted("/desk/uploads", status, text)

    def _sends(self, path: str, **typed: str) -> bool:
        body = urlencode({"csrf_token": self.browser.token, **typed})
        status, text = self._ask(path, body, FORM)
        if status != 303:
            self._noted(path, status, text)
        return status == 303

    def _ask(self, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            origin = {"Origin": f"http://127.0.0.1:{self.port}", "Cookie": self.browser.cookie}
            connection.request("POST", path, body.encode(), headers | origin)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")

    def _noted(self, path: str, status: int, text: str) -> None:
        if self.may_refuse and (status in HONEST or NO_ROOM in text):
            self.refused += 1
            time.sleep(0.02)  # nobody presses the button faster
            return
        self.trouble.append(f"{path} answered {status}: {text[:200]!r}")


# -- what is found afterwards


def lost(site: Site, written: Written) -> Iterator[str]:
    """Each acknowledged write that is not there, or not whole."""
    with closing(sqlite3.connect(site.instance / "broadsheet.db")) as database:
        titles = {title for (title,) in database.execute("SELECT title FROM posts WHERE trashed_at IS NULL")}
        told = {body for (body,) in database.execute("SELECT body FROM messages")}
        autosaved = {title for (title,) in database.execute("SELECT title FROM revisions")}
        keys = dict(database.execute("SELECT key, size FROM uploads"))
        published = dict(database.execute("SELECT title, id FROM posts WHERE status = 'published'"))
    for kind in ("draft", "publication"):
        yield from (f"{kind}: {words}" for words in written.by_kind[kind] if words not in titles)
    yield from (f"message: {words}" for words in written.by_kind["message"] if words not in told)
    yield from (f"autosave: {words}" for words in written.by_kind["autosave"] if words not in autosaved)
    for words in written.by_kind["publication"][-3:]:  # as a reader sees it
        if words in published and words not in page(site.port, f"/post/{published[words]}"):
            yield f"publication: {words} is not on its page"
    for path in written.by_kind["upload"]:
        key = path.removeprefix("/uploads/")
        file = site.instance / "uploads" / key
        if key not in keys or not file.is_file() or file.stat().st_size != keys[key]:
            yield f"upload: {path}"


def page(port: int, path: str) -> str:
    answer = client.get(port, path, status=301)
    return client.get(port, client.path_of(answer.header("Location"))).body.decode()


def examined(instance: Path) -> Iterator[str]:
    """What `doctor` finds bad, of what a crash could have done."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "doctor", "--offline", "--json"],
        env=servers.environment(instance=instance),
        capture_output=True,
        text=True,
    )
    if done.returncode > 1 or (done.returncode and not done.stdout):
        yield f"doctor: {done.stderr.strip()}"
    for finding in map(json.loads, done.stdout.splitlines()):
        if finding["state"] == "bad" and finding["what"] in ("Database", "Search", "Uploads"):
            yield f"doctor: {finding['what']}: {finding['words']}"


# -- the rounds


def run(
    rounds: int, seed: int, folder: Path, say: Callable[[str], None], *, disk: SmallDisk | None = None
) -> int:
    """How much was lost or is broken. The site lies on `disk`, which is filled and freed, if there is one."""
    instance = (disk.folder if disk else folder) / "instance"
    scratch.manage(instance, *scratch.new_admin(), typed=scratch.PASSWORD + "\n")
    chance, site, all_, wrong = random.Random(seed), Site(instance, folder / "log"), Written(), 0
    site.start()
    browser = Browser(site.port)
    browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
    ticket = client.hidden(browser.open("/contact"), "ticket")
    browser.open("/desk/posts/new")
    refusals: Counter[str] = Counter()
    read = honest = times_full = 0
    try:
        for number in range(1, rounds + 1):
            writers = Writers(site.port, browser, ticket, f"round {number}", may_refuse=disk is not None)
            with ExitStack() as stack:
                filling = stack.enter_context(Filling(disk, chance)) if disk else None
                writers.begin()
                time.sleep(chance.uniform(SOONEST, LATEST))
                site.kill()
                writers.end()
            times_full += filling.times if filling else 0
            read, honest = read + writers.read, honest + writers.refused
            site.start()
            refusals.update(writers.trouble)
            found = [*lost(site, writers.written), *examined(instance)]
            for one in found:
                say(f"round {number}: {one}")
            wrong += len(found)
            all_.add(writers.written)
            say(f"round {number}: {len(writers.written)} acknowledged, {len(found)} lost or broken")
        site.kill()
        found = [*lost_in_the_end(site, all_), *examined(instance)]
    finally:
        site.kill()
    for one in [*found, *refusals]:
        say(one)
    kinds = ", ".join(f"{len(each)} of {kind}" for kind, each in all_.by_kind.items())
    wrong += len(found) + sum(refusals.values())
    if disk:
        say(f"The disk was full {times_full} times: {honest} writes refused for that, {read} pages read.")
    say(f"{rounds} rounds, {len(all_)} writes acknowledged ({kinds}): {wrong} lost, broken or refused.")
    return wrong


def lost_in_the_end(site: Site, written: Written) -> Iterator[str]:
    site.start()
    yield from lost(site, written)
    site.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full-disk", action="store_true")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-crashes-"))
    try:
        with ExitStack() as stack:
            disk = stack.enter_context(SmallDisk(folder / "disk")) if asked.full_disk else None
            wrong = run(asked.rounds, asked.seed, folder, print, disk=disk)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
