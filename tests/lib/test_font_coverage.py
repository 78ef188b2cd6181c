from pathlib import Path

import pytest

from broadsheet.lib.font_coverage import characters

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
FONTS = {
    "source-serif-4/source-serif-4-latin-700-normal.woff": ("aé—“…", "жאع漢"),
    "source-serif-4/source-serif-4-cyrillic-700-normal.woff": ("жЯё", "aא"),
    "source-serif-4/source-serif-4-greek-700-normal.woff": ("ωΆ", "ж"),
    "noto-naskh-arabic/noto-naskh-arabic-arabic-700-normal.woff": ("عپ،", "a漢"),
    "frank-ruhl-libre/frank-ruhl-libre-hebrew-700-normal.woff": ("את", "ع"),
}


@pytest.mark.parametrize("name", FONTS)
def test_a_font_says_which_letters_it_has(name):
    has, lacks = FONTS[name]
    found = characters(VENDOR / name)
    assert {ord(letter) for letter in has} <= found
    assert not {ord(letter) for letter in lacks} & found


@pytest.mark.parametrize("data", [b"", b"no font", b"wOFF" + bytes(60), b"ttcf" + bytes(30), bytes(4000)])
def test_what_is_no_font_has_none(tmp_path, data):
    path = tmp_path / "broken.ttf"
    path.write_bytes(data)
    assert characters(path) == frozenset()
    assert characters(tmp_path / "nowhere.ttf") == frozenset()


def test_a_damaged_font_has_none_or_some_but_raises_nothing(tmp_path):
    whole = (VENDOR / "frank-ruhl-libre" / "frank-ruhl-libre-hebrew-700-normal.woff").read_bytes()
    for number, cut in enumerate(range(0, len(whole), 97)):
        path = tmp_path / f"{number}.woff"
        path.write_bytes(whole[:cut] + bytes(40) + whole[cut + 40 :])
        characters(path)
