import pytest

from broadsheet.lib.short_titles import short_title


@pytest.mark.parametrize(
    ("title", "length", "short"),
    [
        ("Tide", 12, "Tide"),
        ("The Lantern & Tide", 18, "The Lantern & Tide"),
        ("The Lantern & Tide", 16, "The Lantern"),
        ("The Lantern & Tide", 12, "The Lantern"),
        ("The Lantern & Tide", 11, "The Lantern"),
        ("The Lantern & Tide", 10, "Lantern"),
        ("The Philharmonicist", 12, "Philharmoni…"),
        ("Die Nachrichten", 12, "Nachrichten"),
        ("Donaudampfschifffahrt", 12, "Donaudampfs…"),
        ("News – and more of it", 12, "News – and"),
        ("Ab cd, ef", 6, "Ab cd"),
        ("日本語の長い長い題名です", 5, "日本語の…"),
    ],
)
def test_title_is_cut_to_whole_words_that_name_something(title, length, short):
    assert short_title(title, length) == short
    assert len(short) <= length
