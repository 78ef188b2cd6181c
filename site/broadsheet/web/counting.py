"""What each server process counts of its requests, for `/metrics`: in numbers of its own, which cost a
request next to nothing, and which a thread copies once a second to where the others can read them."""

import os
import threading
import time
from bisect import bisect_left
from typing import Any

from flask import Flask

from broadsheet.lib import machine
from broadsheet.lib.metrics import WIDTH, Board

# Seconds. What the press has at hand takes a few microseconds, and is counted but not timed.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
COPIED_EVERY = 1.0  # seconds

# Of a row of the board: what only grows, and then what is so at the moment.
COUNTERS = (
    *(f"requests {each}" for each in CLASSES),
    *(f"within {bound}" for bound in BOUNDS),
    *("slower", "seconds"),
    *("pressed", "unchanged", "made", "kept", "let go"),
)
MOMENTARY = ("process", "memory", "threads", "press bytes", "press pages", "edition")
NAMES = COUNTERS + MOMENTARY


class Counts:
    """Of this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.classes = [0] * len(CLASSES)
        self.durations = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.share(Board(1, WIDTH), 0)

    def share(self, board: Board, row: int) -> None:
        """From now on the row is this process's."""
        self.board, self.row = board, row
        self._before = board.read(row)[: len(COUNTERS)]

    def begin(self) -> None:
        threading.Thread(target=self._work, name="counts", daemon=True).start()

    def see(self, status: int, seconds: float) -> None:
        self.classes[min(max(status // 100, 1), len(CLASSES)) - 1] += 1
        self.durations[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def copy(self) -> None:
        press: Any = self.app.extensions["broadsheet_press"]
        own = (
            *self.classes,
            *self.durations,
            self.seconds,
            *(press.hits, press.unchanged, press.made, press.still_right, press.let_go),
        )
        pid = os.getpid()
        now = (
            *(pid, machine.resident(pid) or 0, machine.threads(pid) or 0),
            *(press.size, len(press.pages), press.printing.number or 0),
        )
        self.board.write(
            self.row, [a + b for a, b in zip(self._before, own, strict=True)] + [*map(float, now)]
        )

    def rows(self) -> list[dict[str, float]]:
        """Of every process, this one's as it is now."""
        self.copy()
        rows = (dict(zip(NAMES, self.board.read(row), strict=False)) for row in range(self.board.rows))
        return [row for row in rows if row["process"]]

    def _work(self) -> None:
        while True:
            time.sleep(COPIED_EVERY)
            self.copy()


def init_app(app: Flask) -> None:
    """Once there is a press."""
    app.extensions["broadsheet_counts"] = Counts(app)


def counts_of(app: Flask) -> Counts:
    counts: Counts = app.extensions["broadsheet_counts"]
    return counts
