import csv
import io

import pytest

from broadsheet.lib.csv_export import BYTE_ORDER_MARK, csv_lines


def read(lines):
    return list(csv.reader(io.StringIO("".join(lines).removeprefix(BYTE_ORDER_MARK), newline="")))


def test_writes_what_can_be_read_again():
    rows = [("Ann", 'She said "no",\nand left.'), ("Бен", "")]
    assert read(csv_lines(("Name", "Text"), rows)) == [["Name", "Text"], *map(list, rows)]


def test_begins_with_the_mark_by_which_excel_knows_utf_8():
    assert next(csv_lines(("Name",), [])) == "\ufeffName\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_formulas_become_text(text):
    assert read(csv_lines(("A",), [(text,)]))[1] == [f"'{text}"]


def test_numbers_stay_numbers():
    assert read(csv_lines(("A", "B"), [(-3, None)]))[1] == ["-3", ""]


def test_rows_are_written_as_they_come():
    lines = csv_lines(("A",), ((number,) for number in iter(int, 1)))  # an endless table
    assert [next(lines), next(lines)] == ["\ufeffA\r\n", "0\r\n"]
