"""Sends a running site requests that no client should send, and looks whether it minds.

    .venv/bin/python -m bench.malformed_http [--requests 20000] [--seed 1]

First come those of `malformed_shapes.py`, each to a page that is kept, one that is not, and a form; then, as
often as asked, one of them with bytes changed, lost, doubled or taken from another. The site may answer below
500 or close the connection, within PATIENCE; where a body ends in two ways, nothing in it is another request;
nothing is logged as an error; and whoever comes next is answered. The site is one of its own, in a temporary
folder. Exits 1 if anything was found.
"""

import argparse
import random
import re
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from bench import client, scratch, servers
from bench.client import Unexpected
from bench.malformed_shapes import AMBIGUOUS, shapes

PAGES = ("/", "/login", "/contact")  # kept, not kept, a form that everybody may send
PATIENCE = 20  # seconds
UNTIL_CLOSED = 1.0  # seconds without an answer, after which the client says that this was all
QUIET = 0.1  # seconds without a byte more, after which the answer is taken for whole
CLIENTS = 8
INSIDE = (b"root:x:0", b"SQLite format 3", b"import sys\n")  # /etc/passwd, the database, manage.py
SIGNS = (b"\0", b"\r\n", b"\n", b"\r", b" ", b"\xff", b":", b"%00", b"\t", b",", b";")
LOOKED_AT = 50  # requests, after which somebody looks into the log
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n")
LOGGED = re.compile(r"Traceback|panicked|\bERROR\b|\bCRITICAL\b")


@dataclass
class Report:
    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def note(self, tried: Iterable[tuple[list[str], list[str]]]) -> None:
        for statuses, wrong in tried:
            self.requests += 1
            self.statuses.update(statuses)
            self.findings += wrong


class Target:
    """The running site, and whether it is well."""

    def __init__(self, server: servers.Server, instance: Path, log: Path) -> None:
        self.server, self.port, self.instance, self.log = server, server.port, instance, log
        self.workers = sorted(server._children())
        self._read = len(log.read_text(errors="replace"))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def complaints(self) -> list[str]:
        """What somebody would find who looks after it."""
        found = []
        text = self.log.read_text(errors="replace")
        new, self._read = text[self._read :], len(text)
        errors = self.instance / "log" / "errors.jsonl"
        if LOGGED.search(new) or errors.exists():
            found.append(f"the log says {new[-400:]!r}")
            errors.unlink(missing_ok=True)
        if sorted(self.server._children()) != self.workers:
            found.append("a process of the server ended")
            self.workers = sorted(self.server._children())
        try:
            for path in ("/health/live", *PAGES):
                client.get(self.port, path)
        except (OSError, Unexpected) as error:
            found.append(f"whoever comes next is not answered: {error}")
        return found


def run(
    requests: int, seed: int, folder: Path, say: Callable[[str], None], *, thorough: bool = True
) -> Report:
    """The shapes, each to every page or, unless `thorough`, to one; up to so many, others made of them."""
    instance, log = folder / "instance", folder / "log"
    scratch.manage(instance, *scratch.new_admin(), typed=scratch.PASSWORD + "\n")
    report, chance = Report(), random.Random(seed)
    with servers.site(instance, log) as server, ThreadPoolExecutor(CLIENTS) as clients:
        target = Target(server, instance, log)
        by_page = [[(f"{n} to {page}", data) for n, data in shapes(target.host, page)] for page in PAGES]
        known = list(chain(*by_page) if thorough else map(_one, count(), zip(*by_page, strict=True)))
        waiting = list(known)
        for _ in range(requests - len(known)):
            (name, data), (_, other) = chance.choice(known), chance.choice(known)
            waiting.append((f"made of {name}", changed(data, other, chance)))
        for begin in range(0, len(waiting), LOOKED_AT):
            some = waiting[begin : begin + LOOKED_AT]
            report.note(clients.map(lambda one: tried(target, *one), some))
            if target.complaints():  # once more, one by one: which of them was it?
                for name, data in some:
                    tried(target, name, data)
                    report.findings += [f"{name}: {one}; {data[:300]!r}" for one in target.complaints()]
    for one in report.findings:
        say(one)
    return report


def _one(number: int, to_each: tuple[tuple[str, bytes], ...]) -> tuple[str, bytes]:
    """To the form, if it sends one; else to the other pages by turns."""
    return to_each[-1] if to_each[-1][1].startswith(b"POST") else to_each[number % 2]


def tried(target: Target, name: str, data: bytes) -> tuple[list[str], list[str]]:
    """The statuses of the answers, or how the connection ended; and what is wrong with them."""
    try:
        answer = said(target.port, data)
    except TimeoutError:
        return [], [f"{name}: neither answer nor end within {PATIENCE} seconds; {data[:300]!r}"]
    statuses = [found.decode() for found in STATUS.findall(answer)]
    wrong = []
    if any(status >= "500" for status in statuses) or b"Traceback" in answer:
        wrong.append(f"{name}: {answer[:300]!r} to {data[:300]!r}")
    if any(inside in answer for inside in INSIDE):
        wrong.append(f"{name}: a file that is none of the site's pages; {data[:300]!r}")
    if name.startswith(AMBIGUOUS) and len(statuses) > 1:
        wrong.append(f"{name}: what stands in the body is answered; {answer[:300]!r}")
    return statuses or ["no HTTP" if answer else "closed"], wrong


def said(port: int, data: bytes) -> bytes:
    """All that comes back. Raises TimeoutError."""
    got = b""
    connection = socket.create_connection(("127.0.0.1", port), timeout=UNTIL_CLOSED)
    with connection, suppress(ConnectionError):  # it has heard enough
        connection.sendall(data)
        got = heard(connection)
        if not got:  # it waits for more: there is none
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(PATIENCE)
            got = connection.recv(1 << 16)
            got += heard(connection)
    return got


def heard(connection: socket.socket) -> bytes:
    """Until it is silent for a while."""
    got = b""
    with suppress(TimeoutError, ConnectionError):
        while piece := connection.recv(1 << 16):
            got += piece
            connection.settimeout(QUIET)
    return got


def changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Some of its bytes are others."""
    found = bytearray(data[:4_000])
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(found))
        end = min(len(found), at + chance.randint(1, 40))
        match chance.randrange(7):
            case 0:
                found[at:at] = bytes([chance.randrange(256)])
            case 1:
                found[at:end] = b""
            case 2:
                found[at:at] = found[at:end] * chance.randint(1, 20)
            case 3:
                found[at:end] = chance.choice(SIGNS)
            case 4:
                start = chance.randint(0, min(len(other), 4_000))
                found[at:at] = other[start : start + chance.randint(1, 200)]
            case 5:
                found[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
            case 6:
                del found[max(at, 10) :]
    return bytes(found)


def main() -> None:
    parser = argparse.ArgumentParser("bench.malformed_http", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-malformed-"))
    try:
        report = run(asked.requests, asked.seed, folder, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    answers = ", ".join(f"{count} {status}" for status, count in sorted(report.statuses.items()))
    print(f"{report.requests} requests: {answers}; {len(report.findings)} findings.")
    sys.exit(1 if report.findings else 0)


if __name__ == "__main__":
    main()
