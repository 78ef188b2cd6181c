"""Data as people write them."""

import pytest

from broadsheet.lib import data_table
from broadsheet.lib.data_table import MOST_CELLS, Trouble, number, read

WRITTEN = {
    "42": 42, "-3": -3, "\N{MINUS SIGN}3": -3, "+7": 7, "1,234": 1234, "1,234.5": 1234.5, "1,5": 1.5,
    ".5": 0.5, "1 234 567": 1234567, "1\N{NARROW NO-BREAK SPACE}234": 1234, "1'000": 1000, "12 %": 12,
    "€ 3.50": 3.5, "3.50€": 3.5, "1e3": 1000, "1.234,5": 1234.5,
}  # fmt: skip


@pytest.mark.parametrize("cell", WRITTEN)
def test_numbers_as_they_are_written(cell):
    assert number(cell) == WRITTEN[cell]


def test_a_comma_is_decimal_where_the_separator_is_another():
    table = read("Month;Price\nJan;1,5\nFeb;1.234,25\n")
    assert table.columns[1].numbers == (1.5, 1234.25)


@pytest.mark.parametrize("cell", ["?", "x", "1.2.3", "1e999", "--1", "12 apples", "2024-01-01", "07:10"])
def test_what_is_no_number(cell):
    with pytest.raises(ValueError, match=r"."):
        number(cell)


def test_a_missing_number_is_none_and_not_zero():
    column = read("a,b\nx,1\ny,\nz,n/a\n").columns[1]
    assert column.numbers == (1, None, None)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    table = read(f"a{separator}b\n1{separator}2")
    assert table.rows == [("1", "2")]


def test_a_cell_in_quotation_marks_may_hold_the_separator():
    assert read('Name,Place\n"Smith, J.","a ""b"""').rows == [("Smith, J.", 'a "b"')]


def test_short_rows_and_empty_lines_are_taken():
    table = read("\ufeffa,b,\n1\n\n2,3,\n")
    assert table.rows == [("1", ""), ("2", "3")]
    assert table.lines == (2, 4)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "data_empty"),
        ("a,b\n", "data_empty"),
        ("a,b\n1,2,3\n", "data_uneven"),
        ("a,b\n" + "1,2\n" * MOST_CELLS, "data_too_large"),
        ("a,b\n1," + "x" * 200_000 + "\n", "data_unreadable"),
    ],
)
def test_says_what_is_wrong(text, kind):
    with pytest.raises(Trouble) as trouble:
        read(text)
    assert trouble.value.kind == kind
    if kind == "data_uneven":
        assert trouble.value.fields == {"line": 2, "found": 3, "wanted": 2}


def test_a_unit_is_one_that_all_share():
    assert read("a,b\nx,1 %\ny,2%").columns[1].unit == "%"
    assert read("a,b\nx,1 %\ny,2").columns[1].unit == ""
    assert data_table.is_missing("–")
