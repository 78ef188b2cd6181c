"""What a process takes after it has answered many different pages, the press as it is configured."""

from collections.abc import Iterator
from itertools import islice

from bench import load, machine, scratch, servers
from bench.client import Connection, Unexpected
from bench.context import Bench
from bench.results import Result, at_most

SECTION = "memory"
PAGES = 10_000
RESIDENT = at_most(90)


def measure(bench: Bench) -> Iterator[Result]:
    if not machine.cores():
        bench.lacks("section memory", "this system does not tell what a process takes")
        return
    instance = bench.scratch.large(bench.posts)
    with servers.site(instance, bench.scratch.log("site-memory")) as site:
        yield Result(SECTION, "just started", "MB", [servers.resident(site.largest_worker())])
        paths = list(islice(scratch.posts(site.port), PAGES))
        with Connection(site.port) as connection:
            for path in paths:
                answer = connection.get(path, load.BROWSER)
                if answer.status != 200:
                    raise Unexpected(f"{path} answers {answer.status}")
        addresses = bench.scratch.folder / "addresses"
        addresses.write_text("\n".join(paths) + "\n")
        load.run(site, seconds=bench.seconds, addresses=addresses)
        worker = site.largest_worker()
        resident, proportional = servers.resident(worker), servers.proportional(worker)
    target = RESIDENT if len(paths) == PAGES else None
    yield Result(
        SECTION,
        f"after {len(paths):,} pages",
        "MB",
        [resident],
        target,
        f"{proportional:.0f} MB, shared memory divided",
    )
