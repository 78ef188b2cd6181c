"""What a site is held against: functions that do nothing, on the very server and settings of `run`.

    python -m bench.bare answers FILE   a WSGI function that returns the answers in the file, byte for byte
    python -m bench.bare flask          a Flask that returns a constant

The settings come from the environment, as for `run`.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread
from typing import Any

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


def application(
    _settings: object, server: int, _listener: int, others: list[int], ready: Any, _place: object
) -> Any:
    """In place of the site, as each of the server's workers loads it."""
    for number in others:
        os.close(number)
    Thread(target=serving.end_with, args=(server,), daemon=True).start()
    kind, *files = sys.argv[1:]
    found = flask() if kind == "flask" else answering(pickle.loads(Path(files[0]).read_bytes()))
    ready.set()
    return found


if __name__ == "__main__":
    # Whatever `run` tells the server about processes, threads, protocol and sockets holds for these too.
    serving.application = application
    serving.Server(config.load(), announce=lambda _workers: None).run()
