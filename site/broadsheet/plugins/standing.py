"""Which plugins are switched off, by hand or because they failed: a file, alike for all processes."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from broadsheet.lib import clock, durable
from broadsheet.lib.locks import file_lock

FILE = "plugins.json"
MOST_FAILURES = 5  # since the site was started; with the last of them a plugin is off
LONGEST_PROBLEM = 300


@dataclass(frozen=True)
class Standing:
    """How it is with one of them."""

    is_suspended: bool = False  # by hand
    failures: int = 0
    problem: str = ""  # the last one
    at: str = ""  # when that was (RFC 3339)

    @property
    def has_failed(self) -> bool:
        return self.failures >= MOST_FAILURES

    @property
    def is_off(self) -> bool:
        return self.is_suspended or self.has_failed

    @property
    def moment(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.at)
        except ValueError:
            return None


UNKNOWN = Standing()
Change = Callable[[Standing], Standing]


class Standings:
    """Looked up whenever somebody asks: whoever switches one off does so for every process."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FILE
        self._stamp: tuple[int, int] | None = None
        self._known: dict[str, Standing] = {}

    def of(self, name: str) -> Standing:
        return self._all().get(name, UNKNOWN)

    def suspend(self, name: str) -> None:
        """Raises OSError, as all that changes it."""
        self._change(name, lambda standing: replace(standing, is_suspended=True))

    def reinstate(self, name: str) -> None:
        """With a clean slate."""
        self._change(name, lambda standing: UNKNOWN)

    def fail(self, name: str, problem: str) -> Standing:
        """Counts one more failure."""
        at = clock.now().isoformat(timespec="seconds")
        brief = problem[:LONGEST_PROBLEM]
        return self._change(
            name,
            lambda standing: replace(standing, failures=standing.failures + 1, problem=brief, at=at),
        )

    def forgive(self) -> None:
        """A site that starts begins to count anew; what is off by hand stays off."""
        for name, standing in self._all().items():
            if standing.failures:
                self._change(name, lambda standing: Standing(standing.is_suspended))

    def _change(self, name: str, change: Change) -> Standing:
        with file_lock(self.path.with_suffix(".lock")):
            every = dict(self._all())
            every[name] = change(every.get(name, UNKNOWN))
            kept = {one: asdict(standing) for one, standing in every.items() if standing != UNKNOWN}
            durable.write(self.path, json.dumps(kept, indent=2).encode())
            return every[name]

    def _all(self) -> dict[str, Standing]:
        try:
            found = self.path.stat()
        except OSError:
            return {}
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp != self._stamp:
            self._known, self._stamp = _read(self.path), stamp
        return self._known


def _read(path: Path) -> dict[str, Standing]:
    """What cannot be read counts as nothing: no plugin is off then."""
    try:
        return {name: _standing(**values) for name, values in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _standing(is_suspended: bool, failures: int, problem: str, at: str) -> Standing:
    return Standing(bool(is_suspended), int(failures), str(problem), str(at))
