import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib.diffing import Change, Line, differences
from effort import calls


def shown(old: str, new: str) -> list[str]:
    signs = {Change.SAME: " ", Change.REMOVED: "-", Change.ADDED: "+"}
    marks = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}

    def told(line: Line) -> str:
        if line.change == Change.LEFT_OUT:
            return f"…{line.count}"
        if line.change == Change.CHANGED:
            return "~" + "".join(marks[part.change].format(part.text) for part in line.parts)
        return signs[line.change] + line.text

    return [told(line) for line in differences(old, new)]


def test_equal_texts_have_no_differences():
    assert differences("one\ntwo", "one\ntwo\n") == []


def test_a_changed_line_is_removed_and_added():
    assert shown("one\ntwo\nthree", "one\n2\nthree") == [" one", "-two", "+2", " three"]


def test_lines_far_from_a_change_are_left_out():
    old = "\n".join(str(number) for number in range(20))
    assert shown(old, old.replace("10", "ten")) == ["…8", " 8", " 9", "-10", "+ten", " 11", " 12", "…7"]


def test_first_and_last_text():
    assert shown("", "one") == ["+one"]
    assert shown("one", "") == ["-one"]
    assert differences("", "one") == [Line(Change.ADDED, "one")]


def test_a_long_text_is_compared_quickly():
    old = "\n".join(f"line {number % 50}" for number in range(20_000))
    assert len(differences(old, old.replace("line 49", "last line"))) > 400


def test_a_line_that_changed_a_little_shows_its_words():
    assert shown("The ferry leaves at seven.", "The ferry leaves at eight.") == [
        "~The ferry leaves at [-seven-]{+eight+}."
    ]


def test_words_that_changed_together_are_told_together():
    assert shown("one two three four five", "one six seven four five") == [
        "~one [-two three-]{+six seven+} four five"
    ]


def test_signs_of_scripts_without_spaces_are_words():
    assert shown("今日は良い天気", "今日は悪い天気") == ["~今日は[-良-]{+悪+}い天気"]


def test_a_changed_line_among_new_ones_is_found():
    assert shown("a\nThe sea is calm today", "new\nThe sea is rough today\nmore") == [
        "-a",
        "+new",
        "~The sea is [-calm-]{+rough+} today",
        "+more",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_two_texts_without_anything_in_common_are_compared_in_bounded_time(seed):
    dice = random.Random(seed)  # noqa: S311
    old, new = ("\n".join(dice.choice("abc") for _ in range(30_000)) for _ in range(2))
    assert calls(differences, old, new) < 10_000_000


@given(st.text(alphabet="ab \n.", max_size=60), st.text(alphabet="ab \n.", max_size=60))
def test_both_texts_can_be_read_from_the_differences(old, new):
    if old.splitlines() == new.splitlines():
        return
    lines = differences(old, new, context=1000)
    before = [said(line, Change.ADDED) for line in lines if line.change != Change.ADDED]
    after = [said(line, Change.REMOVED) for line in lines if line.change != Change.REMOVED]
    assert (before, after) == (old.splitlines(), new.splitlines())


def said(line: Line, but: Change) -> str:
    if line.change == Change.CHANGED:
        return "".join(part.text for part in line.parts if part.change != but)
    return line.text
