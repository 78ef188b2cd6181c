"""What counting a visit costs the reader: the same pages with and without it, as a ratio.

.venv/bin/python -m bench.visits [--rounds 400]
"""

import argparse
import statistics
import tempfile
import time
from contextvars import Context
from pathlib import Path

from flask.testing import FlaskClient

from bench.local_sites import close, make_site
from broadsheet.models import Role
from broadsheet.web import visits

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Referer": "https://example.org/links",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=400)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        app = make_site(Path(folder), {"Ada Admin": Role.ADMIN})
        client = app.test_client()
        hooks = app.after_request_funcs[None]
        with_it, without = list(hooks), [hook for hook in hooks if hook is not visits.look]
        times: dict[bool, list[float]] = {True: [], False: []}
        for number in range(rounds * 2):  # by turns: whatever else the machine does meets both alike
            counts = number % 2 == 0
            hooks[:] = with_it if counts else without
            times[counts].append(timed(client))
        counter: visits.Visits = app.extensions["broadsheet_visits"]
        began = time.process_time()
        for _ in range(100_000):
            counter.count("/post/1/x", BROWSER["Referer"], BROWSER["User-Agent"], "localhost")
        alone = (time.process_time() - began) / 100_000
        counter.close()
        close(app)
    counted, plain = statistics.median(times[True]), statistics.median(times[False])
    print(f"without counting {plain * 1e6:.0f} µs, with it {counted * 1e6:.0f} µs: {counted / plain:.3f}")
    print(f"counting alone {alone * 1e6:.2f} µs")


def timed(client: FlaskClient) -> float:
    began = time.process_time()
    Context().run(client.get, "/", headers=BROWSER)
    return time.process_time() - began


if __name__ == "__main__":
    main()
