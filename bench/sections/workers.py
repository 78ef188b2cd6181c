"""Two processes on two cores against one on one.

Of pages that are made anew: they cost a hundred times what asking for them costs, so that the load, which has
no core of its own on a machine of two, takes next to nothing from the servers.
"""

from collections.abc import Iterator
from functools import partial

from bench import load, machine, scratch, servers
from bench.context import Bench
from bench.results import Result, at_least

SECTION = "workers"
GAIN = at_least(1.7)


def measure(bench: Bench) -> Iterator[Result]:
    cores = machine.cores()
    if len(cores) < 2:
        bench.lacks("section workers", "it needs two cores")
        return
    instance, log = bench.scratch.sample(), bench.scratch.log
    with (
        servers.site(instance, log("site-one"), cores[:1], workers=1, **servers.WITHOUT_PRESS) as one,
        servers.site(instance, log("site-two"), cores[:2], workers=2, **servers.WITHOUT_PRESS) as two,
    ):
        post = scratch.a_post(one.port)
        own = cores[2:3]
        run = partial(load.run, path=post, seconds=bench.seconds)
        taken = bench.by_turns(
            {
                "one": partial(run, one, cores=own or cores[1:2]),
                "two": partial(run, two, cores=own or cores[:2]),
            },
            load.rate,
        )
    yield load.rates(
        SECTION,
        "post, made anew: two processes, two cores",
        taken["two"],
        "one on one core",
        taken["one"],
        GAIN,
        note="" if own else "the load shares the two cores with the two processes: it takes some of the gain",
    )
