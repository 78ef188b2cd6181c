import pytest

from broadsheet.web.fields import line, lines, paragraphs


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Vic \t Visitor ", "Vic Visitor"),
        ("Hello\r\nBcc: all@example.org", "Hello Bcc: all@example.org"),
        ("Hello\u2028Bcc: all\x85", "Hello Bcc: all"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("می‌خواهم", "می‌خواهم"),
        ("\u200b \u200e\ufeff", ""),
        (None, ""),
    ],
)
def test_line_is_fit_for_a_header(typed, kept):
    assert line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\r\n\r\nOne\r\n\r\n  Two  \r\n\r\n", "One\n\n  Two"),
        ("    code\rnext", "    code\nnext"),
        ("a\x00b\tc\x0cd", "ab\tcd"),
        ("\n\u200b\n \n", ""),
        (None, ""),
    ],
)
def test_paragraphs_keep_their_lines(typed, kept):
    assert paragraphs(typed) == kept


def test_text_keeps_its_edges_and_its_indentation():
    assert lines("\r\n    code\x00\r\rnext \n") == "\n    code\n\nnext \n"
