"""A page that is made anew for each reader, against a Flask that returns a constant."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import load, scratch, servers
from bench.context import Bench
from bench.results import Result, at_least, at_most

SECTION = "misses"
API = "posts of the API"
OF_FLASK = {"home": at_least(0.08), "post": at_least(0.12), API: at_least(0.02)}
QUERIES = {"home": at_most(6), "post": at_most(4), API: at_most(4)}


def measure(bench: Bench) -> Iterator[Result]:
    instance = bench.scratch.sample()
    with (
        servers.site(instance, bench.scratch.log("site-misses"), **servers.WITHOUT_PRESS) as site,
        servers.bare("flask", bench.scratch.log("flask")) as flask,
    ):
        pages = {"home": "/", "post": scratch.a_post(site.port), API: "/api/v1/posts"}
        for name, path in pages.items():
            taken = bench.by_turns(
                {
                    "site": partial(load.run, site, path, seconds=bench.seconds),
                    "flask": partial(load.run, flask, seconds=bench.seconds),
                },
                load.rate,
            )
            yield load.rates(SECTION, name, taken["site"], "Flask's constant", taken["flask"], OF_FLASK[name])
    for name, path in pages.items():
        yield Result(SECTION, f"{name}: queries", "", [queries(instance, path)], QUERIES[name])


def queries(instance: Path, path: str) -> int:
    """Statements for one page, in a process that has answered it before."""
    from sqlalchemy import event

    from broadsheet import config, create_app
    from broadsheet.extensions import db

    app = create_app(
        config.load(servers.environment(instance=instance, rate_limits="off", **servers.WITHOUT_PRESS))
    )
    asked: list[str] = []
    app.test_client().get(path)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    app.test_client().get(path, headers=load.BROWSER)
    many = sum(not each.startswith(("BEGIN", "PRAGMA")) for each in asked)
    app.extensions["broadsheet_visits"].close()  # while there is a database into which to write them
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return many
