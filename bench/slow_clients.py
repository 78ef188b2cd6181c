"""Fills a site with slow clients, and looks whether its readers notice.

    .venv/bin/python -m bench.slow_clients [--connections 200] [--seconds 30] [--nginx]

In turn so many connections send headers a byte at a time, trickle the body of a POST, do not read a large
file that they asked for, and ask for a page again and again without reading. Meanwhile others read a kept
page and one that is made anew, send the contact form and sign in. For each kind it prints how long those
waited, what the processes hold in memory, how many of the slow are still connected in the end, and whether
all is free again when they have left.

The site is one of its own, of one process, in a temporary folder; with `--nginx` it is behind
docs/proxy/nginx.conf, which holds those who trickle a body itself, up to 100 of one address.
Exits 1 if readers waited too long (for 50 ms, or longer than alone on a machine that is busy otherwise), too
much memory was taken, or the slow were not sent away.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import client, machine, proxies, scratch, servers
from bench.client import Browser, Unexpected
from bench.crowds import CROWDS, Crowd

READERS_WAIT = 0.050  # seconds, 99 of 100 of them at most
MEMORY = 150.0  # megabytes that slow clients may add to all processes; a sign-in takes 64 meanwhile
UPLOAD = 8_000_000  # bytes
QUIET = 8.0  # seconds in which readers are alone, for comparison
LEAVES_WITHIN = 15.0
OF_ONE_ADDRESS = 100  # that docs/proxy/nginx.conf allows

Times = dict[str, list[float]]


class Readers:
    """Those who behave. `times` has the seconds that each kind of theirs has waited."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.times: Times = {}
        self.trouble: list[str] = []
        self._over = threading.Event()
        # What is to be within a bound is asked often, what a person does seldom is done so.
        kinds = {"kept": (self._kept, 0.02), "made": (self._made, 0.05)}
        kinds |= {"contact": (self._contact, 0.5), "sign-in": (self._sign_in, 3.0)}
        self._threads = [
            threading.Thread(target=self._repeat, args=(kind, ask, pause), daemon=True)
            for kind, (ask, pause) in kinds.items()
        ]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(client.TIMEOUT)

    def take(self) -> Times:
        """What was measured since the last time."""
        taken, self.times = self.times, {}
        return taken

    def _repeat(self, kind: str, ask: Callable[[], float], pause: float) -> None:
        while not self._over.wait(pause):
            try:
                took = ask()
                self.times.setdefault(kind, []).append(took)
            except (OSError, Unexpected) as error:
                self.trouble.append(f"{kind}: {error}")

    def _kept(self) -> float:
        return client.get(self.port, self.path).seconds

    def _made(self) -> float:
        return client.get(self.port, self.path, {"Cookie": "broadsheet=none"}).seconds

    def _contact(self) -> float:
        browser = Browser(self.port)
        ticket = client.hidden(browser.open("/contact"), "ticket")
        typed = {"name": "Vera Visitor", "email": "vera@example.org", "subject": "", "message": "Hello."}
        return browser.submit("/contact", ticket=ticket, **typed)

    def _sign_in(self) -> float:
        browser = Browser(self.port)
        browser.open("/login")
        return browser.submit("/login", username=scratch.ADMIN, password=scratch.PASSWORD)


class Trial:
    """One site, in front of it perhaps a proxy, and one crowd after the other."""

    def __init__(self, site: servers.Server, port: int, may_be_held: int, say: Callable[[str], None]) -> None:
        self.site, self.port, self.may_be_held, self.say = site, port, may_be_held, say
        self.page = scratch.a_post(port)
        self.file = self._uploaded()
        self.wrong: list[str] = []
        self.alone: dict[str, float] = {}  # how long readers wait without any crowd

    def run(self, connections: int, seconds: float, kinds: list[type[Crowd]]) -> list[str]:
        """What went wrong."""
        with Readers(self.port, self.page) as readers:
            time.sleep(QUIET)
            self.report("nobody", readers.take(), before := self.memory())
            for kind in kinds:
                crowd = kind(self.port, {"page": self.page, "file": self.file}, connections)
                with crowd:
                    most = max(self._memory_during(seconds))
                    held, said = crowd.held, crowd.said
                self.report(kind.__name__, readers.take(), most, before)
                self.say(f"    {held} of {connections} held after {seconds:.0f} s; answers: {said or 'none'}")
                self._expect(held <= self.may_be_held, f"{kind.__name__}: {held} are not sent away")
                self._leave(kind.__name__)
                readers.take()
            time.sleep(QUIET)
            self.report("nobody again", readers.take(), self.memory(), before)
            for trouble in sorted(set(readers.trouble)):
                self._expect(False, trouble)
        return self.wrong

    def memory(self) -> float:
        return sum(map(servers.resident, self.site.pids()))

    def report(self, name: str, times: Times, memory: float, before: float | None = None) -> None:
        each = "; ".join(f"{kind} {figures(found)}" for kind, found in times.items())
        apart = ", ".join(f"{servers.resident(pid):.0f}" for pid in self.site.pids())
        self.say(f"{name}: {each}; {memory:.0f} MB at most (now {apart}), {self.site.threads()} threads")
        for kind in ("kept", "made"):
            late = percentile(times.get(kind, [60.0]), 99)
            allowed = max(READERS_WAIT, self.alone.setdefault(kind, late))
            self._expect(late <= allowed, f"{name}: {kind} pages take {late * 1000:.0f} ms")
        more = memory - before if before is not None else 0.0
        self._expect(more <= MEMORY, f"{name}: {more:.0f} MB more are held")

    def _memory_during(self, seconds: float) -> Iterator[float]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield self.memory()
            time.sleep(0.5)

    def _leave(self, name: str) -> None:
        """All have hung up: the site may have no more connections than its readers."""
        until = time.monotonic() + LEAVES_WITHIN
        while time.monotonic() < until and self.site.connections() > 8:
            time.sleep(0.1)
        left = self.site.connections()
        self._expect(left <= 8, f"{name}: {left} connections are left after {LEAVES_WITHIN:.0f} s")

    def _expect(self, it_is_so: bool, else_: str) -> None:
        if not it_is_so:
            self.wrong.append(else_)
            self.say(f"    WRONG: {else_}")

    def _uploaded(self) -> str:
        browser = Browser(self.port)
        browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
        browser.open("/desk/uploads")
        return browser.upload("/desk/uploads", "large.txt", b"All work and no play.\n" * (UPLOAD // 22))


def figures(seconds: list[float]) -> str:
    """Median, 99 of 100, worst; in milliseconds."""
    each = (statistics.median(seconds), percentile(seconds, 99), max(seconds))
    return "/".join(f"{one * 1000:.1f}" for one in each) + f" ms of {len(seconds)}"


def percentile(values: list[float], part: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]


def run(
    connections: int,
    seconds: float,
    folder: Path,
    say: Callable[[str], None],
    *,
    kinds: list[type[Crowd]] | None = None,
    with_nginx: bool = False,
    **settings: object,
) -> list[str]:
    """What went wrong; nothing, if all is well."""
    instance = scratch.Scratch(folder, None).large(30)
    with ExitStack() as running:
        more = {"proxy_hops": 1, "site_url": "http://127.0.0.1"} if with_nginx else {}
        site = running.enter_context(
            servers.site(instance, folder / "site.log", machine.cores(), **(more | settings))
        )
        port, may_be_held = site.port, 0
        if with_nginx:
            port, may_be_held = running.enter_context(proxies.nginx(folder, port)).port, OF_ONE_ADDRESS
        return Trial(site, port, may_be_held, say).run(connections, seconds, kinds or list(CROWDS))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long each crowd stays")
    parser.add_argument("--nginx", action="store_true", help="behind docs/proxy/nginx.conf")
    asked = parser.parse_args()
    if asked.nginx and not machine.program("nginx"):
        sys.exit(f"nginx is missing: {machine.CURES['nginx']}")
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-slow-"))
    try:
        wrong = run(asked.connections, asked.seconds, folder, print, with_nginx=asked.nginx)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(wrong)} things went wrong." if wrong else "All is as it should be.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
