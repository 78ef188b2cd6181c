"""What somebody searches for, and where it stands in a text."""

import datetime as dt
import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.lib.searching import (
    LONGEST,
    LOOKED_AT,
    Problem,
    Term,
    Terms,
    fold,
    marked,
    nearest,
    parse,
    plain_text,
    snippet,
    words_of,
    written_words,
)
from effort import calls, seconds


def terms(text):
    return [" ".join(term.words) + ("*" if term.open else "") for term in parse(text).terms]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rust", ["rust*"]),
        ("Rust  Compiler", ["rust", "compiler*"]),
        ('"memory safety" rust', ["memory safety", "rust*"]),
        ('rust "memory safety"', ["rust", "memory safety"]),
        ("„Guten Tag“", ["guten tag"]),
        ('"never closed', ["never closed"]),
        ("edit* desk", ["edit*", "desk*"]),
        ("Crème brûlée", ["creme", "brulee*"]),
        ("don't", ["don t*"]),
        ("C++ and/or", ["c", "and or*"]),
        ("rust tag:news", ["rust"]),
        ("NOT (a OR b) AND c^2 -d", ["not", "a", "or", "b", "and", "c 2", "d*"]),
        ("… ?! 🦀", []),
        ("https://example.org/", ["https example org*"]),
        ("note: this", ["note", "this*"]),
        ("tide,harbour、sea", ["tide", "harbour", "sea*"]),
        ("1,000 tides", ["1 000", "tides*"]),
        ("हिन्दी", ["हिन्दी*"]),
    ],
)
def test_words_are_read_as_they_are_meant(typed, meant):
    assert terms(typed) == meant


def test_filters_are_told_from_words():
    query = parse('borrow tag:"Web Dev" TAG:news author:ann author:"Ben B." before:2024 after:2020-05')
    assert query.tags == ("Web Dev", "news")
    assert query.authors == ("ann", "Ben B.")
    assert (query.before, query.after) == (dt.date(2024, 1, 1), dt.date(2020, 5, 1))
    assert query.problems == ()


def test_of_two_dates_the_narrower_counts():
    query = parse("before:2024 before:2023-02-03 after:2019 after:2020")
    assert (query.before, query.after) == (dt.date(2023, 2, 3), dt.date(2020, 1, 1))


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("before:yesterday", Problem("before", "yesterday")),
        ("after:2024-13", Problem("after", "2024-13")),
        ("before:0000", Problem("before", "0000")),
        ("tag:", Problem("tag")),
        ("rust author:", Problem("author")),
        ('tag:"!"', Problem("tag", "!")),
        ("a" * (LONGEST + 1), Problem("length")),
        ("a b c d e f g h i j k l m", Problem("length")),
        ("tag:a tag:b tag:c tag:d", Problem("length")),
        ("author:a author:b author:c author:d", Problem("length")),
    ],
)
def test_what_makes_no_sense_is_told(typed, problem):
    assert parse(typed).problems == (problem,)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_what_is_written_out_means_the_same(text):
    query = parse(text)
    again = parse(str(query))
    assert [term.words for term in again.terms] == [term.words for term in query.terms]
    assert (again.before, again.after) == (query.before, query.after)


SCRIPTS = [
    "Straße Łódź Smørrebrød Đường Œuvre Æon ŒUVRE kräftig",
    "서울의 항구 한국어",
    "θάλασσα λιμάνι Ιστορία ΟΔΟΣ οδός ἄνθρωπος",
    "ёлка ещё май Її за\u0301мок",
    "أحمد إلى القرآن والإسلام مُحَمَّد مـــرحبا مدرسة على",
    "שָׁלוֹם שלום עִבְרִית",
    "हिन्दी हिन्दू क्षत्रिय தமிழ் বাংলা ภาษาไทย",
    "日本語 がぎぐ ガ",
    "1️⃣ a❤️b x̶y",
]
LETTERS = st.sampled_from(sorted({*"".join(SCRIPTS), *" .,-\u0301\u0336\u05b0\u064b\u093f"}))


@settings(deadline=None)
@given(st.text(LETTERS, max_size=40))
def test_marks_stand_where_the_words_are_however_long_these_become(text):
    text = unicodedata.normalize("NFC", text)
    for word in written_words(text):
        pieces = marked(text, Terms(parse(f'"{word}"')))
        assert "".join(piece.text for piece in pieces) == text
        assert fold(word) in [fold(piece.text) for piece in pieces if piece.is_marked]
        for before, after in itertools.pairwise(piece.text for piece in pieces):
            assert not before[-1].isalnum() or unicodedata.category(after[0]) not in ("Mn", "Mc"), pieces


@settings(deadline=None)
@given(st.text(LETTERS, min_size=260, max_size=400), st.data())
def test_a_snippet_is_not_cut_between_a_letter_and_its_marks(text, data):
    text = unicodedata.normalize("NFC", text).replace(" ", "")
    words = written_words(text)
    pieces = snippet(text, Terms(parse(data.draw(st.sampled_from(words)) if words else "a")))
    if pieces and pieces[-1].text == " …":
        end = text.index("".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …"))
        end += sum(len(piece.text) for piece in pieces if piece.text not in ("… ", " …"))
        assert end == len(text) or unicodedata.category(text[end]) not in ("Mn", "Mc")


@pytest.mark.parametrize("text", SCRIPTS)
def test_words_are_found_in_the_text_without_cutting_one(text):
    text = unicodedata.normalize("NFC", text)
    for word in text.split()[:3]:
        pieces = marked(text, Terms(parse(f'"{word}"')))
        assert word.strip("\u20e3") in [piece.text for piece in pieces if piece.is_marked]


def test_what_fits_into_bytes_is_folded_like_anything_else():
    latin = "".join(map(chr, range(0x20, 0x100)))
    typographic = "„Ärger“ – ’s…"
    for text in (latin, typographic):
        folded = fold(text + "Ж")[:-1]  # one letter that does not
        assert len(fold(text)) == len(folded)
        assert fold(text).replace("\xb7", " ") == "".join(
            one if one.isalnum() or ord(one) < 0x100 else " " for one in folded
        ).replace("\xb7", " ")


def test_words_lose_their_marks_and_capitals():
    assert words_of("Ça VA, Łódź? re\u0301sume\u0301 x2") == ["ca", "va", "lodz", "resume", "x2"]


def test_a_mark_takes_along_the_letter_that_is_not_looked_for():
    stretched = "\N{ARABIC TATWEEL}\N{TAMIL VOWEL SIGN I}"
    assert [piece.text for piece in marked(stretched, Terms(parse(f'"{stretched}"'))) if piece.is_marked] == [
        stretched
    ]


def test_marks_stand_where_the_words_are():
    pieces = marked("Crème and cream, a crème-like thing", Terms(parse("creme")))
    assert [piece.text for piece in pieces if piece.is_marked] == ["Crème", "crème"]
    assert "".join(piece.text for piece in pieces) == "Crème and cream, a crème-like thing"


def test_a_phrase_is_found_where_it_began_within_a_word_before():
    pieces = marked("xa a a", Terms(parse('"a a"')))
    assert [(piece.text, piece.is_marked) for piece in pieces] == [("xa ", False), ("a a", True)]


def test_only_an_open_word_marks_what_goes_on():
    assert [one.text for one in marked("editors edit", Terms(parse("edit"))) if one.is_marked] == [
        "editors",
        "edit",
    ]
    assert [one.text for one in marked("editors edit", Terms(parse('"edit"'))) if one.is_marked] == ["edit"]


def test_no_word_begins_behind_a_mark():
    assert [one.is_marked for one in marked("हिन न", Terms(parse('"न"')))] == [False, True]


def test_a_snippet_shows_the_part_with_most_of_the_words():
    text = "one " * 100 + "apple " + "two " * 100 + "apple pear apple " + "three " * 100
    pieces = snippet(text, Terms(parse('"apple" pear')))
    assert [piece.text for piece in pieces if piece.is_marked] == ["apple", "pear", "apple"]
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert sum(len(piece.text) for piece in pieces) < 250


def test_a_snippet_of_a_text_full_of_the_word_is_no_work():
    terms = Terms(parse("apple pear"))
    assert calls(snippet, "apple pear " * 4_000, terms) <= 1.1 * calls(snippet, "apple pear " * 500, terms)
    assert snippet("one " * (LOOKED_AT // 4) + "apple", terms) == []


def test_a_word_as_long_as_a_text_is_read_once():
    """A key, a sequence, a dump: each of its letters could be where the word goes on."""
    text = "sequence " + "cgta" * (LOOKED_AT // 4)
    assert seconds(snippet, text, Terms(parse("sequence a"))) < 0.5
    assert snippet(text, Terms(parse("sequence a")))[0].text == "sequence"


def test_a_text_without_the_words_has_no_snippet():
    assert snippet("Nothing of it", Terms(parse("apple"))) == []


@settings(deadline=None)
@given(st.text(), st.text(max_size=20))
def test_a_snippet_is_cut_out_of_any_text(text, typed):
    shown = "".join(piece.text for piece in snippet(text, Terms(parse(typed))))
    assert shown.removeprefix("… ").removesuffix(" …") in text


def test_the_text_is_what_a_reader_reads():
    html = (
        '<h2 id="a">A &amp; B <a class="anchor" href="#a" aria-label="Link to “A > B”">#</a></h2>\n'
        '<p>Un<em>believ</em>able.<sup class="footnote-reference"><a href="#fn-1">1</a></sup></p>'
        "<p>End 1 &lt; 2</p>"
    )
    assert plain_text(html) == "A & B Unbelievable. End 1 < 2"


def test_the_nearest_word_is_found():
    known = ["compiler", "complete", "community", "async", "rust"]
    assert nearest("compilr", known) == "compiler"
    assert nearest("asinc", known) == "async"
    assert nearest("zebra", known) == ""
    assert nearest("rust", ["rust"]) == ""


def test_a_word_is_taken_as_it_was_typed():
    assert parse("rust").terms == (Term(("rust",), True),)
