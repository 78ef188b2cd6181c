import pytest

from broadsheet.lib.slugs import slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Ça va, Łódź?", "ca-va-lodz"),
        ("Straße & Ærø", "strasse-aero"),
        ("What's new in 1.0", "whats-new-in-1-0"),
        ("  --a__b--  ", "a-b"),
        ("Привет, мир", "привет-мир"),
        ("日本語 テスト", "日本語-テスト"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("한국어", "한국어"),
        ("Tiếng Việt", "tieng-viet"),
        ("ﬁn ①", "fin-1"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_slug(text, slug):
    assert slugify(text) == slug


def test_slug_is_cut_between_words():
    assert slugify("word " * 40, 20) == "word-word-word-word"
    assert slugify("x" * 200, 20) == "x" * 20
    assert slugify("short " + "x" * 200, 20) == "short-" + "x" * 14


def test_slug_of_a_slug_is_itself():
    for text in ("Ça va, Łódź?", "हिन्दी भाषा", "日本語 テスト", "İstanbul", "Привет й"):
        assert slugify(slugify(text)) == slugify(text)
