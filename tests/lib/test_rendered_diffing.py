"""Differences of rendered pages: readable, and as valid as the pages themselves."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.lib import markdown
from broadsheet.lib.rendered_diffing import rendered_differences
from effort import calls
from markup import VOID, Page

PIECES = [
    "Some *text* here.",
    "Some **text** there.",
    "## A heading",
    "- one\n- two",
    "- one\n- two\n  - inside\n- three",
    "> quoted *words*",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "With $a+b$ in it.",
    "A note.[^1]\n\n[^1]: The note.",
    "```python\nprint(1)\n```",
    "> [!NOTE]\n> Mind this.",
    "Term\n: Meaning",
    "[a link](/about) and <kbd>Ctrl</kbd>",
    "AT&T &lt; R&D",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("\n\n".join)


def html(text: str) -> str:
    return markdown.render(text).html


def compared(old: str, new: str) -> str:
    return rendered_differences(html(old), html(new))


def is_well_formed(markup: str) -> bool:
    open_: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-zA-Z0-9]+)[^>]*?>", markup):
        if name.lower() in VOID or name in ("mspace",):
            continue
        if not closing:
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return False
    return not open_


def test_words_are_marked_within_their_paragraph():
    assert compared("The sea is calm today.", "The sea is rough today.") == (
        "<p>The sea is <del>calm</del><ins>rough</ins> today.</p>\n"
    )


def test_a_paragraph_that_is_new_or_gone_is_marked_as_a_whole():
    page = Page(compared("Stays.\n\nGoes away.", "Stays.\n\nBrand new!"))
    assert [one.text for one in page.all("del")] == ["Goes away."]
    assert [one.text for one in page.all("ins")] == ["Brand new!"]


def test_a_new_point_of_a_list_stands_in_the_list():
    page = Page(compared("- one\n- two", "- one\n- two\n- three"))
    assert [item.text for item in page.one("ul").all("li")] == ["one", "two", "three"]
    assert page.one("ins").parent.name == "li"


def test_what_is_gone_has_no_anchor_twice():
    page = Page(compared("## Head and tail\n\nText.", "## Head and neck\n\nText."))
    ids = [one.get("id") for one in page.walk() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_a_formula_is_one_word():
    page = Page(compared("With $a+b$ in it.", "With $a+c$ in it."))
    assert page.one("ins").one("math")
    assert page.one("del").one("math")


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_newer_page_can_be_read_from_it_and_it_is_well_formed(old, new):
    both = compared(old, new)
    assert is_well_formed(both)
    without = re.sub(r"</?ins>", "", re.sub(r"<del>.*?</del>", "", both, flags=re.DOTALL))
    assert "".join(Page(without).text.split()) == "".join(Page(html(new)).text.split())


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_a_page_does_not_differ_from_itself(text):
    assert "<ins>" not in compared(text, text)
    assert "<del>" not in compared(text, text)


@pytest.mark.parametrize("old", ["word " * 20_000, "\n\n".join(f"Paragraph {n} of it." for n in range(5000))])
def test_long_pages_are_compared_in_bounded_time(old):
    before, after = html(old), html(old.replace("o", "0"))
    assert calls(rendered_differences, before, after) < 10_000_000


def test_code_under_its_language_is_compared_word_by_word():
    old, new = (markdown.render(f"```python\nreturn {word}\n```").html for word in ("one", "two"))
    shown = rendered_differences(old, new)
    assert "<del>" in shown
    assert shown.count("<figure") == 1
    assert shown.count("<figcaption>") == 1


def test_a_chart_that_changed_is_marked_as_one_thing():
    old, new = (markdown.render(f"```chart bar\nx,y\na,{value}\n```").html for value in (1, 2))
    shown = rendered_differences(old, new)
    assert re.search(r"<del><svg\b", shown)
    assert re.search(r"<ins><svg\b", shown)
