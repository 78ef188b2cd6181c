import pytest
from PIL import Image, ImageDraw

from broadsheet.media import lettering
from broadsheet.media.lettering import OURS, showable

needs_shaping = pytest.mark.skipif(not lettering.shapes(), reason="this Pillow finds no FriBiDi")


@pytest.fixture
def bare(monkeypatch):
    """A machine without fonts of its own."""
    monkeypatch.setattr(lettering, "_of_machine", lambda: ())
    forget()
    yield
    forget()


def forget():
    for remembered in (lettering.showable, lettering.font_for, lettering._width):
        remembered.cache_clear()


@pytest.mark.parametrize(
    "text",
    ["The harbour, “1865”", "Größe & naïveté", "Что помнит гавань", "Τι θυμάται", "Những gì"]
    + [pytest.param(text, marks=needs_shaping) for text in ("ما يتذكره الميناء", "מה הנמל זוכר")],
)
def test_a_bare_machine_shows_every_letter_of_these(bare, text):
    assert showable(text) == text
    assert all(run.font in OURS for run in lettering.runs(text))


@pytest.mark.parametrize("text", ["港が覚えていること", "बंदरगाह", "A word in 漢字"])
def test_what_no_font_has_is_not_drawn_as_boxes(bare, text):
    assert showable(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("🚀 Launch day", "Launch day"),
        ("Day 👩‍🚀 one", "Day one"),
        ("One\u2028two\x00\u202e", "One two"),
        ("", ""),
        ("🎉", ""),
    ],
)
def test_symbols_that_no_font_has_are_left_out(bare, text, shown):
    assert showable(text) == shown


def test_without_shaping_joined_scripts_are_not_drawn_in_pieces(bare, monkeypatch):
    monkeypatch.setattr(lettering, "shapes", lambda: False)
    assert showable("ما يتذكره") is None
    assert showable("The harbour") == "The harbour"


@needs_shaping
def test_runs_of_two_scripts_stand_as_they_are_read():
    runs = lettering.runs("عن Rust 1.65 في عام")
    assert [(run.text, run.is_rtl) for run in runs] == [
        ("عن ", True),
        ("Rust 1.65", False),
        (" ", True),
        ("في عام", True),
    ]
    seen = [run.text for run in lettering._as_seen(runs, True)]
    assert seen == ["في عام", " ", "Rust 1.65", "عن "]


def test_a_long_title_gets_smaller_letters_and_in_the_end_an_ellipsis():
    short = lettering.set_in("Salt", 1000, 300, (90, 60, 40))
    longer = lettering.set_in("What the harbour remembers of its ships " * 2, 1000, 300, (90, 60, 40))
    longest = lettering.set_in("What the harbour remembers of its ships " * 20, 1000, 300, (90, 60, 40))
    assert (short.size, len(short.lines)) == (90, 1)
    assert short.size > longer.size
    assert longest.size == 40
    assert longest.lines[-1].endswith("…")
    for setting in (short, longer, longest):
        assert setting.height <= 300
        assert all(lettering.length(line, setting.size) <= 1000 for line in setting.lines)


def test_a_word_that_no_line_holds_is_cut():
    setting = lettering.set_in("Donaudampfschifffahrt" * 5, 600, 400, (60, 40))
    assert len(setting.lines) > 1
    assert "".join(setting.lines) == "Donaudampfschifffahrt" * 5


def test_chinese_breaks_between_letters_but_not_before_a_point():
    assert lettering._words("港口，记得 ok") == ["港", "口，", "记", "得 ", "ok"]


@needs_shaping
def test_words_from_the_right_begin_at_the_right():
    def ink(text):
        image = Image.new("L", (1000, 200), 255)
        setting = lettering.set_in(text, 1000, 200, (60,))
        lettering.draw(ImageDraw.Draw(image), setting, (0, 0, 1000), "black")
        return image.point(lambda value: 255 - value).getbbox()

    assert ink("Salt")[0] < 20
    assert ink("ملح")[2] > 980
