"""Readers while somebody publishes every second: their rate, and whether any answer is older than what was
acknowledged.

Every write makes all pages new, and two processes must hear of it: the hardest case for the press.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from itertools import count, cycle, islice

from bench import client, load, machine, scratch, servers
from bench.client import Browser, Connection
from bench.context import Bench
from bench.results import Result, at_least, at_most, median

SECTION = "writes"
ADDRESSES = 1_000
WORKERS = 2
LONGER = 4  # times as long as a page alone: some seconds must pass, each with a write
FRESH_CONNECTIONS = 8  # the system deals them out among the workers
RATE, NONE_STALE = at_least(0.5), at_most(0)


def measure(bench: Bench) -> Iterator[Result]:
    instance = bench.scratch.large(ADDRESSES)
    with servers.site(instance, bench.scratch.log("site-writes"), workers=WORKERS) as site:
        addresses = bench.scratch.folder / "addresses"
        paths = list(scratch.sitemap(site.port))
        random.Random(1).shuffle(paths)
        addresses.write_text("\n".join(paths[:ADDRESSES]) + "\n")
        writer = Writer(site.port)
        read = partial(load.run, site, seconds=bench.seconds * LONGER, addresses=addresses)
        taken = bench.by_turns({"still": read, "written": partial(while_writing, writer, read)}, load.rate)
        yield load.rates(
            SECTION,
            f"{len(paths[:ADDRESSES]):,} addresses, a write every second",
            taken["written"],
            "without writes",
            taken["still"],
            RATE,
            note=f"{WORKERS} processes on one core; an error ends the section",
        )
    yield Result(
        SECTION,
        "stale answers",
        "",
        [writer.stale],
        NONE_STALE,
        f"of {writer.checked:,} asked for after {len(writer.acknowledged)} writes",
    )
    yield Result(SECTION, "until a write is acknowledged", "ms", [median(writer.acknowledged) * 1000])


def while_writing(writer: "Writer", read: partial[load.Load]) -> load.Load:
    thread = threading.Thread(target=writer.run, daemon=True)
    writer.stopping.clear()
    thread.start()
    try:
        return read()
    finally:
        writer.stopping.set()
        thread.join()
        if writer.trouble:
            raise writer.trouble


class Writer:
    """Publishes a new title of a post on the first page, each second of another one, by the desk's form. As
    soon as that is acknowledged, asks whether every connection knows it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._browser = Browser(port)
        self._browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
        self._kept = [Connection(port) for _ in range(FRESH_CONNECTIONS)]
        self._paths = cycle(list(islice(front_page(port), 5)))
        self._numbers = count(1)
        self.stopping = threading.Event()
        self.trouble: Exception | None = None
        self.acknowledged: list[float] = []
        self.stale = self.checked = 0

    def run(self) -> None:
        if machine.cores():
            os.sched_setaffinity(0, machine.load_cores())
        due = time.monotonic()
        try:
            while not self.stopping.wait(due - time.monotonic()):
                due = max(due + 1, time.monotonic())
                self._write(next(self._paths))
        except Exception as error:
            self.trouble = error

    def _write(self, path: str) -> None:
        title = f"Written for the {next(self._numbers)}th time"
        post = f"/desk/posts/{path.split('/')[2]}"
        self._browser.open(f"{post}/edit")
        self.acknowledged.append(self._browser.submit(f"{post}/publication", title=title))
        with ExitStack() as opened:
            fresh = [opened.enter_context(Connection(self._port)) for _ in range(FRESH_CONNECTIONS)]
            for address in (path, "/"):
                self._check(address, title, [*self._kept, *fresh])

    def _check(self, path: str, title: str, connections: list[Connection]) -> None:
        for connection in connections:  # all at once, as soon as it was acknowledged
            connection.ask(path)
        for connection in connections:
            answer = connection.answer()
            if answer.status in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT):
                answer = connection.get(client.path_of(answer.header("Location")))
            self.checked += 1
            self.stale += title.encode() not in answer.body


def front_page(port: int) -> Iterator[str]:
    return iter(dict.fromkeys(scratch.all_linked(port, "/", r"/post/\d+/[^\"#?]+")))
