"""The site asked by several processes at once, where the machine has the cores."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from types import TracebackType
from typing import Generic, Self, TypeVar

from broadsheet.extensions import db
from broadsheet.transfer.rendering import end_with_parent

MOST_WORKERS = 8
AHEAD = 3  # pieces of work that wait for each worker

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# What a fork calls: it has the site loaded, which could not be sent to it.
_work: Callable[..., object] | None = None


class Crew(Generic[Piece, Result]):
    """`start` begins a piece of work, `results` waits for some of what was begun."""

    def __init__(self, work: Callable[[Piece], Result], *, is_worth_it: bool) -> None:
        self._here, self._done = work, list[Result]()
        self._futures: set[Future[Result]] = set()
        self._pool: ProcessPoolExecutor | None = None
        workers = min(MOST_WORKERS, os.cpu_count() or 1)
        # Where something else runs in this process, a fork of it is not safe.
        if is_worth_it and workers > 1 and sys.platform == "linux" and threading.active_count() == 1:
            global _work
            _work = work
            # No connection is shared with a fork.
            db.session.remove()
            db.engine.dispose()
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(workers, context, initializer=end_with_parent)
        self._most = workers * AHEAD if self._pool else 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    @property
    def is_busy(self) -> bool:
        return bool(self._futures or self._done)

    @property
    def is_full(self) -> bool:
        return len(self._futures) + len(self._done) >= self._most

    def start(self, piece: Piece) -> None:
        if self._pool is None:
            self._done.append(self._here(piece))
        else:
            self._futures.add(self._pool.submit(_call, piece))  # type: ignore[arg-type]  # it calls `_here`

    def results(self) -> Iterable[Result]:
        if self._pool is None:
            done, self._done = self._done, []
            return done
        ended, self._futures = wait(self._futures, return_when=FIRST_COMPLETED)
        return [future.result() for future in ended]


def _call(piece: object) -> object:
    assert _work is not None, "it was there before the fork"  # noqa: S101
    return _work(piece)
