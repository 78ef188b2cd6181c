"""What a writer notes in a comment is for nobody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.lib.markdown import render, without_comments


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("Words.\n\n<!-- secret -->\n\nMore.\n", "Words.\n\n\nMore.\n"),
        ("<!-- a\n\nsecret\n\nb -->\nMore.\n", "More.\n"),
        ("<!-- secret, without an end\n\nMore.\n", ""),
        ("Words <!-- secret --> and more.\n", "Words  and more.\n"),
        ("Words <!-- a\nsecret --> and more.\n", "Words  and more.\n"),
        ("> Words <!-- a\n> secret --> and more.\n", "> Words  and more.\n"),
        ("- One <!-- secret -->\n- Two\n", "- One \n- Two\n"),
        ("# A heading <!-- secret -->\n", "# A heading \n"),
        ("| A <!-- secret --> |\n| - |\n| b <!-- secret --> |\n", "| A  |\n| - |\n| b  |\n"),
        ("<div>\n<!-- secret -->\nWords\n</div>\n", "<div>\n\nWords\n</div>\n"),
        ("<!-- secret --> Words <!-- secret -->\n", " Words \n"),
        ("Code `<!-- shown -->` and <!-- secret -->\n", "Code `<!-- shown -->` and \n"),
        ("```html\n<!-- shown -->\n```\n", "```html\n<!-- shown -->\n```\n"),
        ("    <!-- shown -->\n", "    <!-- shown -->\n"),
        ("A \\<!-- shown -->\n", "A \\<!-- shown -->\n"),
        ("No comment.\n", "No comment.\n"),
    ],
)
def test_comments_are_left_out_and_code_is_kept(source, kept):
    assert without_comments(source) == kept


MARKS = ["<!-- secret ", "-->", " ", "`", "\n", "\n\n", "> ", "- ", "word", "*", "```\n", "|"]


@given(st.lists(st.sampled_from(MARKS), max_size=24))
@settings(max_examples=300, deadline=None)
def test_what_is_kept_of_them_is_seen_by_readers_too(pieces):
    source = "".join(pieces)
    assert "secret" not in without_comments(source) or "secret" in render(source).html
