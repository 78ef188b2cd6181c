"""A run of the bench: its sections in order, by turns within each, and what becomes of the outcome."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import load, machine, results
from bench.client import Unexpected
from bench.context import Bench
from bench.results import MISSED, REACHED, Result
from bench.scratch import Scratch
from bench.sections import memory, misses, press, scale, start, workers, writes

Section = Callable[[Bench], Iterator[Result]]

SECTIONS: dict[str, Section] = {
    "press": press.measure,
    "misses": misses.measure,
    "writes": writes.measure,
    "scale": scale.measure,
    "memory": memory.measure,
    "start": start.measure,
    "workers": workers.measure,
}
WITHOUT_LOAD = ("scale", "start")


def run(
    names: Sequence[str],
    *,
    seconds: float,
    repeat: int,
    posts: int,
    threads: Sequence[int],
    content: Path | None = None,
    tell: Callable[[str], object] = lambda line: print(line, file=sys.stderr),
) -> dict[str, Any]:
    """The outcome, as it is written as JSON; `results` in it are Result objects."""
    began = time.monotonic()
    found: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        bench = Bench(Scratch(Path(folder), content), seconds, repeat, posts, threads)
        if len(machine.cores()) < 2:
            bench.lacks("two cores", "server and load share one here, so that ratios come out too near to 1")
        for name in [name for name in SECTIONS if name in names]:
            if name not in WITHOUT_LOAD and not bench.has("wrk"):
                bench.lacks(f"section {name}", "it needs wrk")
                continue
            tell(f"{name} …")
            try:
                found.extend(SECTIONS[name](bench))
            except Unexpected as error:
                bench.lacks(f"section {name}", f"stopped: {error}")
    return {
        "machine": machine.description(),
        "seconds": seconds,
        "repeat": repeat,
        "connections": load.CONNECTIONS,
        "posts": posts,
        "took_seconds": round(time.monotonic() - began),
        "results": found,
        "lacking": bench.lacking,
    }


# -- what becomes of it


def plain(outcome: Mapping[str, Any]) -> str:
    blocks = [about(outcome), results.plain_table(outcome["results"])]
    if outcome["lacking"]:
        blocks.append("\n".join(f"Not here: {what} ({cure})" for what, cure in outcome["lacking"].items()))
    return "\n\n".join(blocks) + f"\n\n{verdict(outcome)}"


def about(outcome: Mapping[str, Any]) -> str:
    host = outcome["machine"]
    cores = f"{host['cores']} cores" if host["cores"] > 1 else "1 core"
    pinned = "server and load on cores of their own" if host["pinned"] else "nothing kept on its core"
    return (
        f"{host['processor']}, {cores}, {host['memory_gb']} GB, {host['system']},"
        f" Python {host['python']}; {pinned};"
        f" {outcome['connections']} connections, medians of {outcome['repeat']} turns"
        f" of {outcome['seconds']:g} s, or of two more"
    )


def verdict(outcome: Mapping[str, Any]) -> str:
    verdicts = [result.verdict for result in outcome["results"]]
    return f"Targets: {verdicts.count(REACHED)} reached, {missed(outcome)} missed."


def missed(outcome: Mapping[str, Any]) -> int:
    return sum(result.verdict == MISSED for result in outcome["results"])


def write_json(outcome: Mapping[str, Any], file: Path) -> None:
    whole = {**outcome, "results": [result.as_json() for result in outcome["results"]]}
    file.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


BEGINS, ENDS = "<!-- figures: written by `python3 manage.py bench --report` -->", "<!-- end of figures -->"


def write_report(outcome: Mapping[str, Any], page: Path) -> None:
    """Puts the figures where the page has its mark for them; the words around them are its author's."""
    before, begins, rest = page.read_text(encoding="utf-8").partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not (begins and ends):
        raise Unexpected(f"{page} has no place for figures: {BEGINS} … {ENDS}")
    lacking = "\n".join(f"- Not measured: {what} ({cure})" for what, cure in outcome["lacking"].items())
    figures = [about(outcome) + ".", results.markdown_tables(outcome["results"]), lacking, verdict(outcome)]
    body = "\n\n".join(block for block in figures if block)
    page.write_text(f"{before}{BEGINS}\n\n{body}\n\n{ENDS}{after}", encoding="utf-8")
