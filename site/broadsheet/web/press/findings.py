"""What the queries of a page found. As long as they find the same, the page is the same.

A page follows from what was asked for, from what its queries find, from the owner's settings, and from the
time. So a newer edition need not render it again to know that it has not changed: the queries are asked
again, which takes a tenth of the time. Not of a page for which anything was done but asking.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from sys import intern
from typing import Any

from sqlalchemy import Engine, event

from broadsheet.edition import Watch

ASKING = ("SELECT", "WITH")
BEGINNING = ("BEGIN",)


class Findings:
    def __init__(self, at: datetime) -> None:
        self.at = at  # the moment that the queries took for the present
        self.queries: list[tuple[str, Any]] = []
        self.only_asked = True
        self.digest = b""

    def note(self, statement: str, parameters: Any) -> None:
        if statement.startswith(ASKING):
            self.queries.append((intern(statement), parameters))  # most pages ask the same
        elif not statement.startswith(BEGINNING):
            self.only_asked = False

    def ask(self, watch: Watch, now: datetime) -> bytes:
        """What they find now. Raises edition.Unknown."""
        then = _as_parameters(self.at)
        moments = dict(zip(then, _as_parameters(now), strict=True))
        return watch.digest((statement, _at(moments, values)) for statement, values in self.queries)


def _as_parameters(moment: datetime) -> tuple[Any, ...]:
    """As drivers get it: as a moment, and as SQLite's text."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain, plain.strftime("%Y-%m-%d %H:%M:%S.%f")


def _at(moments: dict[Any, Any], values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _moved(moments, value) for name, value in values.items()}
    return tuple(_moved(moments, value) for value in values)


def _moved(moments: dict[Any, Any], value: Any) -> Any:
    return moments.get(value, value) if isinstance(value, str | datetime) else value


# -- noting them

_noted: ContextVar[Findings | None] = ContextVar("findings", default=None)


@contextmanager
def noting(findings: Findings) -> Iterator[None]:
    """Within it, what is asked of the database is noted."""
    token = _noted.set(findings)
    try:
        yield
    finally:
        _noted.reset(token)


def listen(engine: Engine) -> None:
    event.listen(engine, "before_cursor_execute", _note)


def _note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
    if findings := _noted.get():
        findings.note(statement, parameters)
