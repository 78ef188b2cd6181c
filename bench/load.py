"""The load: wrk, which costs so little itself that one core of it can saturate one core of a server."""

import json
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from bench import machine
from bench.client import Answer, Unexpected
from bench.results import Result, Target
from bench.servers import Server

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 16
PATIENCE = 30  # seconds for an answer

# As a browser asks: the press must look at all of it.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip",
}


@dataclass(frozen=True)
class Load:
    """What came back: answers a second, and how long half and 99 of 100 of them took, in milliseconds."""

    requests: int
    rate: float
    p50: float
    p99: float
    size: float  # bytes an answer, headers and all
    cost: float  # microseconds of the server's processor an answer; 0 where the system does not tell


rate = attrgetter("rate")


def rates(
    section: str,
    name: str,
    ours: list[Load],
    than: str,
    others: list[Load],
    target: Target | None = None,
    note: str = "",
) -> Result:
    return Result(section, name, "/s", [*map(rate, ours)], target, than, [*map(rate, others)], note)


def run(
    server: Server,
    path: str = "/",
    *,
    seconds: float,
    headers: Mapping[str, str] = BROWSER,
    expected: Answer | None = None,
    addresses: Path | None = None,
    cores: machine.Cores | None = None,
) -> Load:
    """Asks on 16 connections, as fast as the answers come; for each line of `addresses`, if given.

    Raises Unexpected if an answer was an error, or if they were not `expected` by their size: wrk tells a 304
    or a redirect from a 200 by nothing else.
    """
    url, pinned = server.base + path, machine.load_cores() if cores is None else cores
    before = server.processor_seconds()
    told = asked(url, seconds, headers, addresses, pinned)
    cost = (server.processor_seconds() - before) / told["requests"] * 1e6
    if told["errors"] or told["refused"]:
        raise Unexpected(
            f"{told['refused']} error pages and {told['errors']} broken connections of {told['requests']}"
            f" answers at {url}"
        )
    requests, size = told["requests"], told["bytes"] / told["requests"]
    # What each connection was still reading at the end is counted, too.
    if expected and abs(size - expected.size) > expected.size * (0.1 + CONNECTIONS / requests):
        raise Unexpected(f"answers of {size:.0f} bytes at {url}, where {expected.size} were expected")
    took = told["microseconds"] / 1e6
    return Load(requests, requests / took, told["p50"] / 1000, told["p99"] / 1000, size, cost)


def asked(
    url: str, seconds: float, headers: Mapping[str, str], addresses: Path | None, cores: machine.Cores
) -> dict[str, int]:
    """What wrk.lua tells; after a longer time where in this one nothing was answered at all."""
    longest = round(seconds) + PATIENCE
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{longest}s", f"--timeout={PATIENCE}s", "-s", str(SCRIPT)]
    command += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command += [url, *(["--", str(addresses)] if addresses else [])]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=machine.pinned(cores)
    ) as wrk:
        # Its own clock knows whole seconds only. Interrupted it ends as if its time were over; said again,
        # because the first one is lost if it comes before its clock runs.
        while wrk.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                wrk.wait(seconds)
                break
            wrk.send_signal(signal.SIGINT)
        said, _ = wrk.communicate()
    told = next((json.loads(line) for line in said.splitlines() if line.startswith("{")), None)
    if told is None and wrk.returncode != -signal.SIGINT:
        raise Unexpected(f"wrk failed at {url}: {said.strip()[-200:]}")
    if told and told["requests"]:
        return told
    if seconds > PATIENCE:
        raise Unexpected(f"{url} answered nothing in {seconds:g} s")
    return asked(url, seconds * 4, headers, addresses, cores)
