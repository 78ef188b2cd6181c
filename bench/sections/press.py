"""A pressed page against a function that returns the same bytes, nginx with the same file, and gunicorn."""

import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path

from bench import client, load, scratch, servers
from bench.client import Answer
from bench.context import Bench
from bench.results import Result, at_least, at_most

SECTION = "press"
OF_BARE, OF_NGINX, P99 = at_least(0.90), at_least(0.70), at_most(3)
# The server adds these itself, to whatever it sends.
OF_THE_SERVER = ("server", "date", "connection", "transfer-encoding")


def measure(bench: Bench) -> Iterator[Result]:
    instance = bench.scratch.sample()
    usual = min(bench.threads, key=lambda threads: abs(threads - 64))
    for threads in bench.threads:
        with ExitStack() as started:
            site = started.enter_context(
                servers.site(instance, bench.scratch.log(f"site-{threads}"), threads=threads)
            )
            pages = {"home": "/", "post": scratch.a_post(site.port), "posts of the API": "/api/v1/posts"}
            answers = {path: ask(site.port, path) for path in pages.values()}
            again = {path: ask_again(site.port, path, answers[path]) for path in pages.values()}
            file = bench.scratch.folder / "answers.pickle"
            file.write_bytes(pickle.dumps(as_bare(answers, again)))
            bare = started.enter_context(
                servers.bare("answers", bench.scratch.log(f"bare-{threads}"), file, threads=threads)
            )
            for name, path in pages.items():
                yield from compare(bench, f"{name}, {threads} threads", path, site, bare, answers[path])
                if threads == usual:
                    headers = since(answers[path])
                    yield from compare(
                        bench, f"{name}, not changed (304)", path, site, bare, again[path], headers
                    )
            if threads == usual:
                yield from against_others(bench, instance, pages, answers, site, threads)


def compare(
    bench: Bench,
    name: str,
    path: str,
    site: servers.Server,
    bare: servers.Server,
    expected: Answer,
    headers: dict[str, str] = load.BROWSER,
) -> Iterator[Result]:
    def runs(server: servers.Server) -> partial[load.Load]:
        return partial(load.run, server, path, seconds=bench.seconds, headers=headers, expected=expected)

    taken = bench.by_turns({"site": runs(site), "bare": runs(bare)}, load.rate)
    yield load.rates(SECTION, name, taken["site"], "bare function", taken["bare"], OF_BARE)
    yield Result(
        SECTION,
        f"{name}: processor an answer",
        "µs",
        [each.cost for each in taken["site"]],
        None,
        "bare function",
        [each.cost for each in taken["bare"]],
    )
    yield Result(
        SECTION,
        f"{name}: p99",
        "ms",
        [each.p99 for each in taken["site"]],
        P99,
        "bare function",
        [each.p99 for each in taken["bare"]],
    )


def against_others(
    bench: Bench,
    instance: Path,
    pages: dict[str, str],
    answers: dict[str, Answer],
    site: servers.Server,
    threads: int,
) -> Iterator[Result]:
    with ExitStack() as started:
        others: dict[str, servers.Server] = {}
        if bench.has("nginx"):
            folder = bench.scratch.folder / "nginx"
            others["nginx"] = started.enter_context(servers.nginx(folder, answers))
        if bench.has("gunicorn"):
            server = servers.gunicorn(instance, bench.scratch.log("gunicorn"), threads)
            others["gunicorn"] = started.enter_context(server)
        for name, path in pages.items():
            runs = {
                other: partial(load.run, server, path, seconds=bench.seconds)
                for other, server in {"site": site, **others}.items()
            }
            taken = bench.by_turns(runs, load.rate)
            if "nginx" in taken:
                yield load.rates(
                    SECTION, f"{name}, as a file", taken["site"], "nginx", taken["nginx"], OF_NGINX
                )
            if "gunicorn" in taken:
                yield load.rates(
                    SECTION, f"{name}, by another server", taken["site"], "gunicorn", taken["gunicorn"]
                )


# -- the answers


def ask(port: int, path: str) -> Answer:
    client.get(port, path, load.BROWSER)  # the first one is made, the second is kept
    return client.get(port, path, load.BROWSER)


def ask_again(port: int, path: str, answer: Answer) -> Answer:
    return client.get(port, path, since(answer), HTTPStatus.NOT_MODIFIED)


def since(answer: Answer) -> dict[str, str]:
    if not answer.header("ETag"):
        raise client.Unexpected("pages have no ETag, so that none can be asked for again")
    return {**load.BROWSER, "If-None-Match": answer.header("ETag")}


def as_bare(answers: dict[str, Answer], again: dict[str, Answer]) -> dict:
    return {
        (path, is_known): (
            f"{answer.status} {HTTPStatus(answer.status).phrase}",
            [(name, value) for name, value in answer.headers if name.lower() not in OF_THE_SERVER],
            answer.body,
        )
        for is_known, group in ((False, answers), (True, again))
        for path, answer in group.items()
    }
