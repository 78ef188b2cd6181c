"""A large site against one of a thousand posts: each page as a miss, publishing, memory; the search alone.

One connection asks, so that the answer's time is the page's own and not that of a queue.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from urllib.parse import urlencode

from bench import load, machine, scratch, servers
from bench.client import Browser, Connection, Unexpected
from bench.context import Bench
from bench.results import Result, at_most, median

SECTION = "scale"
SMALL, FULL = 1_000, 100_000
ROUNDS = 11  # whose median is one value of the table
DEEP = 5_000  # the page of home that is asked for, where there is one
TIME, MEMORY, SEARCH, FILLING = at_most(1.3), at_most(1.2), at_most(30), at_most(180)

# A number that few texts have, two words, a word that every one has.
QUESTIONS = {"a rare word": "1873", "two words": "council harbour", "a word in every post": "the"}


def measure(bench: Bench) -> Iterator[Result]:
    instances = bench.scratch.large(SMALL), bench.scratch.large(bench.posts)
    if seconds := bench.scratch.seconds.get(f"posts-{bench.posts}"):
        target = FILLING if bench.posts == FULL else None
        yield Result(SECTION, f"demo --posts {bench.posts}", "s", [seconds], target)
    with (
        servers.site(instances[0], bench.scratch.log("site-small"), **servers.WITHOUT_PRESS) as small,
        servers.site(instances[1], bench.scratch.log("site-large"), **servers.WITHOUT_PRESS) as large,
        on_the_load_core(),
    ):
        asked = [Asked(small.port), Asked(large.port)]
        against = f"{SMALL:,} posts"
        for name in asked[0].pages:
            taken = bench.by_turns(
                {
                    "small": asked[0].page(name),
                    "large": asked[1].page(name),
                }
            )
            yield Result(SECTION, name, "ms", taken["large"], TIME, against, taken["small"])
        taken = bench.by_turns({"small": asked[0].publish, "large": asked[1].publish})
        yield Result(SECTION, "publish", "ms", taken["large"], TIME, against, taken["small"])
        for name, words in QUESTIONS.items():
            search = asked[1].timed("/search?" + urlencode({"q": words}))
            yield Result(SECTION, f"search for {name}", "ms", [search() for _ in range(bench.repeat)], SEARCH)
        if not machine.cores():
            bench.lacks("memory", "this system does not tell what a process takes")
            return
        used = [servers.resident(site.largest_worker()) for site in (large, small)]
        yield Result(SECTION, "memory of a process", "MB", [used[0]], MEMORY, against, [used[1]])


@contextmanager
def on_the_load_core() -> Iterator[None]:
    if not machine.cores():
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, machine.load_cores())
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Asked:
    """A site, its addresses, and somebody signed in to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = Connection(port)
        self._browser = Browser(port)
        self._browser.sign_in(scratch.ADMIN, scratch.PASSWORD)
        self._numbers = count(1)
        post = next(islice(scratch.posts(port), SMALL // 2, None))
        self.pages = {
            "home": "/",
            "post": post,
            "tag": "/tag/dispatches",
            "home, far back": f"/?page={min(DEEP, last_page(self._connection))}",
            "archive": "/archive",
            "archive of a month": scratch.linked(port, "/archive", r"/archive/\d+/\d+"),
            "author": scratch.linked(port, post, r"/user/[\w.-]+"),
            "feed": "/feed.atom",
            "sitemap": "/sitemap.xml",
            "desk list": "/desk/posts",
        }

    def page(self, name: str) -> Callable[[], float]:
        return self.timed(self.pages[name])

    def timed(self, path: str) -> Callable[[], float]:
        """Milliseconds: the median of some answers."""
        headers = dict(load.BROWSER)
        if path.startswith("/desk"):
            headers["Cookie"] = self._browser.cookie

        def ask() -> float:
            answers = [self._connection.get(path, headers) for _ in range(ROUNDS)]
            if any(answer.status != 200 for answer in answers):
                raise Unexpected(f"{path} answers {answers[0].status}")
            return median([answer.seconds for answer in answers]) * 1000

        return ask

    def publish(self) -> float:
        """The same of posts that are written and published with one press."""
        self._browser.open("/desk/posts/new")
        return median([self._published() for _ in range(ROUNDS)]) * 1000

    def _published(self) -> float:
        title = f"Published while measured, the {next(self._numbers)}th"
        return self._browser.submit("/desk/posts/new/publication", title=title, body="A sentence. " * 200)


def last_page(connection: Connection) -> int:
    """By halving: nothing else is known of a site's pages than whether they are there."""
    there, beyond = 1, 2
    while connection.get(f"/?page={beyond}").status == 200:
        there, beyond = beyond, beyond * 2
    while beyond - there > 1:
        middle = (there + beyond) // 2
        if connection.get(f"/?page={middle}").status == 200:
            there = middle
        else:
            beyond = middle
    return there
