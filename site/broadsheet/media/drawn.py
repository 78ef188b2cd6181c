"""Pictures that the site draws itself: kept below `instance/drawn`, one drawn at a time, made anew when gone.
Few wait for theirs, since who waits holds one of the threads that answer readers.

Each is called after what it shows and a digest of all that stands in it: `post-7-0123456789abcdef.png`.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from flask import current_app

from broadsheet.lib import durable

PATIENCE = 10  # seconds
# One takes a tenth of a second of a core: whoever wants many has to queue.
_drawing = BoundedSemaphore(1)
# Those who wait, and the one who is served.
_queue = BoundedSemaphore(4)


class Busy(Exception):
    """Too many are wanted at this moment; in `RETRY_AFTER` seconds it may be better."""

    RETRY_AFTER = 5


def digest(*facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def made(of: str, digest: str, ending: str, draw: Callable[[], bytes]) -> Path:
    """The file; what the same thing looked like before goes. Raises Busy."""
    path = place(of, digest, ending)
    if path.is_file():
        return path
    if not _queue.acquire(blocking=False):
        raise Busy
    try:
        if not _drawing.acquire(timeout=PATIENCE):
            raise Busy
        try:
            _draw_once(path, of, ending, draw)
        finally:
            _drawing.release()
    finally:
        _queue.release()
    return path


def place(of: str, digest: str, ending: str) -> Path:
    """Where it lies, once it is drawn."""
    return folder() / f"{of}-{digest}{ending}"


def _draw_once(path: Path, of: str, ending: str, draw: Callable[[], bytes]) -> None:
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, draw())
    for other in folder().glob(f"{of}-{'[0-9a-f]' * 16}{ending}"):
        if other != path:
            other.unlink(missing_ok=True)


def discard(of: str) -> None:
    for path in folder().glob(f"{of}-{'[0-9a-f]' * 16}.*"):
        path.unlink(missing_ok=True)


def folder() -> Path:
    return Path(current_app.instance_path) / "drawn"
