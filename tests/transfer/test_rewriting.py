import pytest

from broadsheet.transfer.rewriting import find, prose, replace


def rewritten(text: str) -> str:
    return replace(text, find(text), {"old": "NEW"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](old)", "[a](NEW)"),
        ('[a](old "Title")', '[a](NEW "Title")'),
        ("[a](<old>)", "[a](NEW)"),
        ("![a](old)", "![a](NEW)"),
        ("[![a](old)](old)", "[![a](NEW)](NEW)"),
        ("[a]: old\n[b]: <old> 'Title'", "[a]: NEW\n[b]: NEW 'Title'"),
        ("> [a]: old", "> [a]: NEW"),
        ('<a class="x" href="old">a</a>', '<a class="x" href="NEW">a</a>'),
        ("<img alt='a > b'\n  src='old'>", "<img alt='a > b'\n  src='NEW'>"),
        ("- a list\n  with [a](old)", "- a list\n  with [a](NEW)"),
    ],
)
def test_addresses_are_replaced_wherever_they_stand(text, expected):
    assert rewritten(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`[a](old)`",
        "``a ` [a](old)``",
        "```\n[a](old)\n```",
        "~~~md\n[a](old)\n```\n[a](old)\n~~~\n",
        "- ```\n  [a](old)\n  ```",
        "```\n[a](old)\nnever closed",
        "<!-- [a](old) -->",
        "old [old] (old) [a](older) [a](old/er)",
    ],
)
def test_code_comments_and_other_words_are_left(text):
    assert rewritten(text) == text


def test_a_backtick_alone_hides_no_link():
    assert rewritten("a ` b\n\n[a](old) ` c") == "a ` b\n\n[a](NEW) ` c"


def test_an_automatic_link_keeps_its_words():
    text = "See <https://old.example/a>."
    new = replace(text, find(text), {"https://old.example/a": "/post/1/a"})
    assert new == "See [https://old.example/a](/post/1/a)."


def test_parentheses_belong_to_an_address():
    assert [address.written for address in find("[a](/wiki/A_(b)) and ([c](/d))")] == ["/wiki/A_(b)", "/d"]


def test_prose_keeps_every_letter_in_its_place():
    text = "a `code` b\n```\nmore\n```\nc"
    assert len(prose(text)) == len(text)
    assert prose(text).split() == ["a", "b", "c"]
