import datetime

import pytest

from broadsheet.transfer.front_matter import FrontMatterError, Text, split


def test_toml():
    text = split('+++\ntitle = "Hello"\n[extra]\nteam = "Us"\n+++\nThe text.\n')
    assert text == Text("The text.\n", {"title": "Hello", "extra": {"team": "Us"}})


def test_yaml():
    text = split("---\ntitle: Hello\ndate: 2020-01-02\n---\nThe text.\n")
    assert text == Text("The text.\n", {"title": "Hello", "date": datetime.date(2020, 1, 2)})


def test_yaml_may_end_with_dots():
    assert split("---\ntitle: Hello\n...\nThe text.\n").body == "The text.\n"


def test_json():
    assert split('{\n  "title": "Hello"\n}\nThe text.\n') == Text("The text.\n", {"title": "Hello"})


def test_windows_line_ends_and_a_byte_order_mark():
    text = split("\ufeff---\r\ntitle: Hello\r\n---\r\nOne.\r\n\r\nTwo.\r\n")
    assert text == Text("One.\n\nTwo.\n", {"title": "Hello"})


@pytest.mark.parametrize(
    "text",
    [
        "Only a text.\n",
        "---\n\nA text between two rules.\n\n---\n\nAnd more.\n",
        "{{< shortcode >}}\n",
        "",
    ],
)
def test_a_text_without_front_matter_is_all_body(text):
    assert split(text) == Text(text)


def test_empty_front_matter():
    assert split("---\n---\nThe text.\n") == Text("The text.\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('+++\ntitle = "Hello"\ntags = [\n"a"\n+++\n', 4),
        ("+++\ntitle = Hello\n+++\n", 2),
        ("+++\na = 1\na = 2\n+++\n", 3),
        ("---\ntitle: Hello\ntags: [a\nslug: x\n---\n", 4),
        ('---\ntitle: "Hello\n---\n', 2),
        ("---\ntitle: Hello\ndate: 2020-02-31\n---\n", 3),
        ('{\n  "title": "Hello",\n}\n', 3),
        ("+++\ntitle = 'Hello'\n", 1),
        ("---\ntitle: Hello\n", 1),
    ],
)
def test_an_error_is_told_with_its_line_in_the_file(text, line):
    with pytest.raises(FrontMatterError) as error:
        split(text)
    assert error.value.line == line
    assert str(error.value)


def test_yaml_makes_no_python_objects():
    with pytest.raises(FrontMatterError, match="could not determine a constructor"):
        split("---\ntitle: !!python/object/apply:os.getcwd []\n---\n")
