"""Tables as CSV (RFC 4180), a row at a time, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). A stranger's message must
# not compute anything on the machine of whoever opens the file: an apostrophe makes text of it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for Windows-1252


def csv_lines(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file in pieces, each a whole line: the head, then the rows as they come."""
    yield BYTE_ORDER_MARK + csv_line(head)
    for row in rows:
        yield csv_line(row)


def csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: Any) -> Any:
    """A number stays a number; a text that would be a formula gets an apostrophe before it."""
    if cell is None or isinstance(cell, int | float):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
