"""What counting a visit costs the reader: the same pressed page with and without it, as a ratio.

.venv/bin/python -m bench.visits [--rounds 100]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from werkzeug.test import create_environ

from bench.load import BROWSER
from bench.local_sites import close, make_site
from broadsheet.models import Role

PAGES = 1_000  # a round, so that those are among them at which the visits are added up
FROM = {"Referer": "https://example.org/links"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=100)
    rounds = options.parse_args().rounds
    environ = create_environ("/", headers={**BROWSER, **FROM})
    with tempfile.TemporaryDirectory() as folder:
        app = make_site(Path(folder), {"Ada Admin": Role.ADMIN})
        press, visits = app.extensions["broadsheet_press"], app.extensions["broadsheet_visits"]
        counters = {"with": visits, "without": Uncounted()}
        times: dict[str, list[float]] = {name: [] for name in counters}
        b"".join(app.wsgi_app(environ, nobody))  # makes the page
        for _ in range(rounds):  # by turns: whatever else the machine does meets both alike
            for name, press.visits in counters.items():
                times[name].append(timed(lambda: app.wsgi_app(environ, nobody)))
        alone = statistics.median(
            timed(lambda: visits.see(("/", "localhost"), environ)) for _ in range(rounds)
        )
        visits.close()
        close(app)
    counted, plain = statistics.median(times["with"]), statistics.median(times["without"])
    print(f"without counting {plain * 1e6:.1f} µs, with it {counted * 1e6:.1f} µs: {counted / plain:.3f}")
    print(f"counting alone {alone * 1e6:.2f} µs")


class Uncounted:
    def see(self, *_: object) -> None:
        pass


def nobody(*_: object) -> Any:
    """Whom the answer's status and headers are told."""


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor, each time."""
    began = time.process_time()
    for _ in range(PAGES):
        work()
    return (time.process_time() - began) / PAGES


if __name__ == "__main__":
    main()
