"""Tables that are sent as CSV while they are read: however many rows there are, few are in memory."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response
from sqlalchemy import Engine, Select

from broadsheet.database import reading
from broadsheet.lib import clock
from broadsheet.lib.csv_export import csv_lines


def csv_download(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Response:
    """The file is called after `name` and today."""
    answer = Response(csv_lines(head, rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{clock.now():%Y-%m-%d}.csv")
    return answer


def in_portions(query: Select[Any], engine: Engine, *, by: Any, size: int) -> Iterator[Any]:
    """All rows, those with the highest number `by` first. Each portion is a transaction of its own: whoever
    loads slowly holds up nobody who writes. `by` is one of the query's columns."""
    portion = query.order_by(by.desc()).limit(size)
    last: int | None = None
    while True:
        with reading(), engine.connect() as connection:
            rows = connection.execute(portion if last is None else portion.where(by < last)).all()
        yield from rows
        if len(rows) < size:
            return
        last = getattr(rows[-1], by.key)
