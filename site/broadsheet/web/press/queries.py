"""What a page asked the database. As long as its queries find the same, the page is the same.

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

Moment = tuple[datetime, str]  # as drivers get it: as it is, and as SQLite's text


class Queries:
    __slots__ = ("_asked", "_then", "at", "digest", "only_asked")

    def __init__(self, at: datetime) -> None:
        self.at = at  # the moment that they took for the present
        self.only_asked = True
        self.digest = b""  # of what they found
        self._then = _as_parameters(at)
        self._asked: list[tuple[str, Any, tuple[Any, ...]]] = []  # with the places of the moment

    def note(self, statement: str, parameters: Any) -> None:
        if statement.startswith(ASKING):
            # Most pages ask the same.
            self._asked.append((intern(statement), parameters, _places(parameters, self._then)))
        elif not statement.startswith(BEGINNING):
            self.only_asked = False

    def ask(self, watch: Watch, now: datetime) -> bytes:
        """A digest of what they find now. Raises edition.Unknown."""
        moment = _as_parameters(now)
        return watch.digest((statement, _at(moment, *values)) for statement, *values in self._asked)


def _as_parameters(moment: datetime) -> Moment:
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain, plain.strftime("%Y-%m-%d %H:%M:%S.%f")


def _places(parameters: Any, moment: Moment) -> tuple[Any, ...]:
    pairs = parameters.items() if isinstance(parameters, dict) else enumerate(parameters)
    return tuple(place for place, value in pairs if value in moment)


def _at(moment: Moment, parameters: Any, places: tuple[Any, ...]) -> Any:
    if not places:
        return parameters
    moved = dict(parameters) if isinstance(parameters, dict) else list(parameters)
    for place in places:
        moved[place] = moment[isinstance(moved[place], str)]
    return moved


# -- noting them

_noted: ContextVar[Queries | None] = ContextVar("queries", default=None)


@contextmanager
def noting(queries: Queries) -> Iterator[None]:
    """Within it, what is asked of the database is noted."""
    token = _noted.set(queries)
    try:
        yield
    finally:
        _noted.reset(token)


def listen(engine: Engine) -> None:
    event.listen(engine, "before_cursor_execute", _note)


def _note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
    if queries := _noted.get():
        queries.note(statement, parameters)
