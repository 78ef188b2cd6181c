"""Markdown rendered beside the importer, on the machine's other cores."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from types import TracebackType
from typing import Self

from broadsheet.lib import markdown
from broadsheet.models.rendering import blocks

MOST_WORKERS = 4
WORTH_A_POOL = 24  # for fewer texts, starting the workers takes longer than rendering

Pictures = dict[str, markdown.Resource]
Later = Callable[[], markdown.Document]


def render(body: str, pictures: Pictures, words: markdown.Words) -> markdown.Document:
    return markdown.render(body, resolve=pictures.get, words=words, blocks=blocks())


def end_with_parent() -> None:
    """A worker that outlived a killed import would wait for work for ever, and hold the import's lock."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class Renderer:
    """Renders in processes of its own when there are many texts, else here, as where plugins have blocks."""

    def __init__(self, texts: int) -> None:
        workers = min(MOST_WORKERS, os.cpu_count() or 1)
        is_worth_it = texts >= WORTH_A_POOL and workers > 1 and not blocks()
        self._pool = (
            ProcessPoolExecutor(workers, _context(), initializer=end_with_parent) if is_worth_it else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def start(self, body: str, pictures: Pictures, words: markdown.Words) -> Later:
        """Begins; what is returned waits for the result."""
        here: Later = lambda: render(body, pictures, words)  # noqa: E731  a name for what happens without a pool
        if self._pool is None:
            return here
        try:
            future = self._pool.submit(render, body, pictures, words)
        except BrokenExecutor:
            return here

        def wait() -> markdown.Document:
            try:
                return future.result()
            except BrokenExecutor:  # a worker was killed, perhaps for want of memory
                return here()

        return wait


def _context() -> multiprocessing.context.BaseContext:
    """A fork has everything loaded already, but is only safe while nothing else runs in this process."""
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if can_fork else "spawn")
