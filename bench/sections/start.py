"""From the command to the first answer, with all the posts there are."""

from collections.abc import Iterator
from pathlib import Path

from bench import servers
from bench.context import Bench
from bench.results import Result, at_most

SECTION = "start"
SOON = at_most(1.5)


def measure(bench: Bench) -> Iterator[Result]:
    instance = bench.scratch.large(bench.posts)
    taken = [started(bench, instance) for _ in range(bench.repeat)]
    yield Result(SECTION, f"until home is answered, {bench.posts:,} posts", "s", taken, SOON)


def started(bench: Bench, instance: Path) -> float:
    with servers.site(instance, bench.scratch.log("site-start")) as site:
        return site.took
