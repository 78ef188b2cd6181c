"""A table of data as people write it: CSV, or its like, with a line of headings.

The separator is found: a comma, a semicolon, a tab or an upright line. Numbers may have groups of thousands,
a decimal comma, a per-cent sign or a currency; a cell that says nothing is missing, not zero.
"""

import csv
import io
import math
import re
from dataclasses import dataclass
from functools import cached_property

MOST_CELLS = 40_000  # more is no table for readers

SEPARATORS = ",;\t|"
_MISSING = {"", "-", "–", "—", "?", ".", "..", "…", "na", "n/a", "n.a.", "nan", "null", "none"}
_SPACES = re.compile(r"(?<=\d)[\s'’_\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SIGNS = "€$£¥₹₽₴₺₩"
_NUMBER = re.compile(
    rf"(?P<sign>[-+−–]?)\s*[{_SIGNS}]?\s*(?P<digits>\d[\d.,]*|[.,]\d+)(?P<power>e[+-]?\d{{1,3}})?\s*(?P<unit>[%‰{_SIGNS}°]?)",
    re.IGNORECASE,
)
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+−]?\d[\d.\s]*,\d+\s*[%€]?")


class Trouble(Exception):
    """What is wrong with the data. `kind` names the sentence that says so, `fields` what it fills in."""

    def __init__(self, kind: str, **fields: object) -> None:
        super().__init__(kind)
        self.kind, self.fields = kind, fields


@dataclass(frozen=True)
class Column:
    """`numbers` are those of a numeric column, None where one is missing; empty when it is not numeric."""

    name: str
    cells: tuple[str, ...]
    decimal_comma: bool = False

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        try:
            found = tuple(self._number(cell) for cell in self.cells)
        except ValueError:
            return ()
        return found if any(number is not None for number in found) else ()

    @property
    def is_numeric(self) -> bool:
        return bool(self.numbers)

    @property
    def unit(self) -> str:
        """A sign that stands behind every number, as `%`."""
        matches = [_NUMBER.fullmatch(cell) for cell in self.cells if not is_missing(cell)]
        units = {match["unit"] if match else "" for match in matches}
        return units.pop() if len(units) == 1 else ""

    def odd_cell(self) -> tuple[int, str]:
        """The row, counted from 0, and the words of the first cell that is no number."""
        for row, cell in enumerate(self.cells):
            try:
                self._number(cell)
            except ValueError:
                return row, cell
        return 0, ""

    def _number(self, cell: str) -> float | None:
        return None if is_missing(cell) else number(cell, decimal_comma=self.decimal_comma)


@dataclass(frozen=True)
class DataTable:
    columns: tuple[Column, ...]
    lines: tuple[int, ...]  # in which line of the text each row stands, the headings being in line 1

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return list(zip(*(column.cells for column in self.columns), strict=True))


def read(text: str) -> DataTable:
    """Raises Trouble when that is no table."""
    text = text.removeprefix("\ufeff").strip("\r\n")
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num)
            if sum(map(len, rows[:1])) * len(rows) > MOST_CELLS:
                raise Trouble("data_too_large", most=MOST_CELLS)
    except csv.Error as error:
        raise Trouble("data_unreadable", line=reader.line_num) from error
    if len(rows) < 2:
        raise Trouble("data_empty")
    head, *body = rows
    while head and not head[-1] and all(len(row) < len(head) or not row[len(head) - 1] for row in body):
        head.pop()
    for row, line in zip(body, lines[1:], strict=True):
        if len(row) > len(head) and any(row[len(head) :]):
            raise Trouble("data_uneven", line=line, found=len(row), wanted=len(head))
    comma = separator != "," and any(_DECIMAL_COMMA.fullmatch(cell) for row in body for cell in row)
    columns = tuple(
        Column(name, tuple(row[at] if at < len(row) else "" for row in body), comma)
        for at, name in enumerate(head)
    )
    return DataTable(columns, tuple(lines[1:]))


def is_missing(cell: str) -> bool:
    return cell.lower() in _MISSING


def number(cell: str, *, decimal_comma: bool = False) -> float:
    """Raises ValueError when it is none."""
    match = _NUMBER.fullmatch(_SPACES.sub("", cell))
    if match is None:
        raise ValueError(cell)
    digits = match["digits"]
    if _COMMAS.fullmatch(digits) and not decimal_comma:
        digits = digits.replace(",", "")
    elif "," in digits and (decimal_comma or _DOTS.fullmatch(digits)):
        digits = digits.replace(".", "").replace(",", ".")
    elif decimal_comma and digits.count(".") > 1 and _DOTS.fullmatch(digits):
        digits = digits.replace(".", "")
    else:
        digits = digits.replace(",", ".")
    value = float(digits + (match["power"] or ""))  # with two points: ValueError
    if not math.isfinite(value) or abs(value) > 1e15:
        raise ValueError(cell)
    return -value if match["sign"] in ("-", "−", "–") and match["sign"] else value


def _separator(text: str) -> str:
    head = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(SEPARATORS, key=head.count)
