"""What a site is held against: functions that do nothing, on the very server and settings of `run`.

    python -m bench.bare answers FILE   a WSGI function that returns the answers in the file, byte for byte
    python -m bench.bare flask          a Flask that returns a constant

The settings come from the environment, as for `run`.
"""

import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import broadsheet
from broadsheet import config
from broadsheet.commands import serving

Answers = dict[tuple[str, bool], tuple[str, list[tuple[str, str]], bytes]]


def answering(answers: Answers) -> Callable[..., Iterable[bytes]]:
    """By path and by whether the client has the page already."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        status, headers, body = answers[environ["PATH_INFO"], "HTTP_IF_NONE_MATCH" in environ]
        start_response(status, headers)
        return [body]

    return application


def flask() -> Any:
    from flask import Flask

    app = Flask("constant")
    app.add_url_rule("/", view_func=lambda: "A constant.")
    return app


def application(*_: object) -> Any:
    """In place of the site, as each of the server's processes loads it."""
    kind, *files = sys.argv[1:]
    return flask() if kind == "flask" else answering(pickle.loads(Path(files[0]).read_bytes()))


if __name__ in ("__main__", "__mp_main__"):  # the latter where processes are not forked
    broadsheet.create_app = application  # type: ignore[assignment]  # is not the site

if __name__ == "__main__":
    # Whatever `run` tells the server about processes, threads, protocol and sockets holds for these too.
    serving.Server(config.load(), announce=lambda _workers: None).run()
