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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\na: b\nc: " + "[" * 90_000 + "\n---\n", 3),
        ("---\na:\n " + "- " * 40_000 + "x\n---\n", 3),
        ("---\na: " + "{b: " * 20_000 + "\n---\n", 2),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n", 3),
        ("---\na: &a {x: 1}\nb: &b\n  <<: [*a, *a]\n---\n", 4),
        ("---\na: &a [*a]\n---\n", 2),
        ("---\na: &a [x]\nb: [" + "*a, " * 200 + "]\n---\n", 3),
        ("---\ntitle: " + "x" * 200_000 + "\n---\n", 1),
        ("---\na: " + ":".join(["1"] * 90_000) + "\n---\n", 1),
        ("---\na: b\ndate: !!timestamp soon\n---\n", 3),
        ("+++\na = 1\n" + "b." * 40_000 + "b = 1\n+++\n", 3),
        ("+++\n[" + '"b" . ' * 10_000 + "b]\n+++\n", 2),
        ("+++\na = " + "[" * 90_000 + "\n+++\n", 2),
        ("+++\na = 0x" + "f" * 50_000 + "\n+++\n", 1),
        ("---\na: [{b: 0x" + "f" * 50_000 + "}]\n---\n", 1),
        ('{"a": ' + "[" * 90_000, 1),
        ('{"a": ' + "9" * 5_000 + "}\n", 1),
    ],
)
def test_what_would_grow_beyond_bounds_is_refused_with_its_line(text, line):
    with pytest.raises(FrontMatterError) as refusal:
        split(text)
    assert refusal.value.line == line


def test_what_is_said_once_may_be_repeated_plainly():
    text = split("---\na: &a [x, y]\nb: *a\nc: *a\n---\nThe text.\n")
    assert text.values == {"a": ["x", "y"], "b": ["x", "y"], "c": ["x", "y"]}


def test_many_dots_are_no_depth():
    assert split(f'+++\ntitle = "Wait {"." * 300} {"x" * 300}"\n+++\n').values["title"].startswith("Wait ...")
