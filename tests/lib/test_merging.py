"""Three-way merging: examples that a writer could meet, and what holds of any three texts."""

import random

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib.merging import merge, paragraphs
from effort import calls

TEXT = "One.\n\nTwo.\n\nThree."
# Few letters and many line ends, so that the same paragraphs meet again and again.
TEXTS = st.lists(st.sampled_from(["A", "B", "C", "", " ", "A B"]), max_size=9).map("\n".join)


def conflicts(result) -> list[tuple[str, str]]:
    return [(piece.mine.strip(), piece.theirs.strip()) for piece in result.pieces if piece.is_conflict]


def test_different_paragraphs_are_merged():
    result = merge(TEXT, TEXT.replace("One", "Un"), TEXT.replace("Three", "Drei"))
    assert result.is_clean
    assert result.text == "Un.\n\nTwo.\n\nDrei."


def test_neighbours_do_not_disturb_each_other():
    assert (
        merge(TEXT, TEXT.replace("One", "Un"), TEXT.replace("Two", "Zwei")).text == "Un.\n\nZwei.\n\nThree."
    )


def test_two_changed_together_claim_only_what_both_changed():
    mine = TEXT.replace("One", "One by Ann").replace("Two", "Two by Ann")
    theirs = TEXT.replace("Two", "Two by Ed").replace("Three", "Three by Ed")
    assert conflicts(merge(TEXT, mine, theirs)) == [("Two by Ann.", "Two by Ed.")]


def test_a_paragraph_changed_and_another_added_behind_it():
    assert (
        merge(TEXT, TEXT + "\n\nFour.", TEXT.replace("Three", "Drei")).text
        == "One.\n\nTwo.\n\nDrei.\n\nFour."
    )


def test_the_same_paragraph_changed_differently_is_a_conflict():
    result = merge(TEXT, TEXT.replace("Two", "Deux"), TEXT.replace("Two", "Zwei"))
    assert conflicts(result) == [("Deux.", "Zwei.")]
    assert result.text == "One.\n\nDeux.\n\nZwei.\n\nThree."
    numbers = range(len(result.pieces))
    assert result.settled([True for _ in numbers], [False for _ in numbers]) == "One.\n\nDeux.\n\nThree."
    assert result.settled([False for _ in numbers], [True for _ in numbers]) == "One.\n\nZwei.\n\nThree."
    assert result.settled([False for _ in numbers], [False for _ in numbers]) == "One.\n\nThree."


def test_the_same_change_on_both_sides_is_made_once():
    both = TEXT.replace("Two", "Zwei")
    assert merge(TEXT, both + "\n\nMine.", both).text == both + "\n\nMine."


def test_deleted_by_one_and_changed_by_the_other_is_a_conflict():
    assert conflicts(merge(TEXT, "One.\n\nThree.", TEXT.replace("Two", "Zwei"))) == [("", "Zwei.")]


def test_two_beginnings_of_an_empty_text_are_a_conflict():
    assert conflicts(merge("", "Mine.", "Theirs.")) == [("Mine.", "Theirs.")]


@given(TEXTS)
def test_paragraphs_make_up_the_text(text):
    assert "".join(paragraphs(text)) == text + "\n\n"


@given(TEXTS, TEXTS)
def test_what_one_side_leaves_alone_is_what_the_other_says(ancestor, changed):
    assert merge(ancestor, ancestor, changed).text == changed
    assert merge(ancestor, changed, ancestor).text == changed
    assert merge(ancestor, changed, changed).text == changed


@given(TEXTS, TEXTS, TEXTS)
def test_neither_side_is_preferred(ancestor, mine, theirs):
    one, other = merge(ancestor, mine, theirs), merge(ancestor, theirs, mine)
    assert conflicts(one) == [(right, left) for left, right in conflicts(other)]
    if one.is_clean:
        assert one.text == other.text


@given(TEXTS, TEXTS, TEXTS)
def test_the_pieces_are_the_three_texts(ancestor, mine, theirs):
    pieces = merge(ancestor, mine, theirs).pieces
    assert "".join(piece.ancestor for piece in pieces) == ancestor + "\n\n"
    assert "".join(piece.mine for piece in pieces) == mine + "\n\n"
    assert "".join(piece.theirs for piece in pieces) == theirs + "\n\n"


@given(st.lists(st.integers(0, 99), unique=True, min_size=2, max_size=12), st.data())
def test_a_clean_merge_has_the_changes_of_both(numbers, data):
    """Of distinct paragraphs, some are rewritten by one and others by the other: all of it is there."""
    changes = data.draw(
        st.lists(st.sampled_from(["", "mine", "theirs"]), min_size=len(numbers), max_size=len(numbers))
    )
    written = {
        side: "\n\n".join(
            f"{n} by {side}" if change == side else f"{n}" for n, change in zip(numbers, changes, strict=True)
        )
        for side in ("mine", "theirs")
    }
    result = merge("\n\n".join(map(str, numbers)), written["mine"], written["theirs"])
    assert result.is_clean
    assert result.text.split("\n\n") == [
        f"{n} by {change}" if change else f"{n}" for n, change in zip(numbers, changes, strict=True)
    ]


def test_long_and_hostile_texts_are_merged_in_bounded_time():
    dice = random.Random(1)  # noqa: S311
    texts = ["\n\n".join(dice.choice("abcd") for _ in range(50_000)) for _ in range(3)]
    assert calls(merge, *texts) < 20_000_000
    assert calls(merge, " \n" * 300_000, "x" + " \n" * 300_000, "\n" * 500_000) < 20_000_000
