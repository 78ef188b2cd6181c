"""Blocks that somebody else makes the HTML of: `::: name argument` … `:::`."""

import pytest

from broadsheet.lib import markdown


def echo(text: str, argument: str) -> str:
    return f"<p>[{argument}] {text}</p>"


BLOCKS = {"echo": echo, "raw": lambda text, argument: text, "none": lambda text, argument: None}


def html(source: str) -> str:
    return markdown.render(source, blocks=BLOCKS).html


def test_it_gets_the_text_and_the_argument():
    assert html("::: echo  by whom \nOne *two*\n\nthree\n:::\nAfter") == (
        '<div class="block block-echo"><p>[by whom] One *two*\n\nthree</p></div>\n<p>After</p>\n'
    )


@pytest.mark.parametrize(
    "source",
    [
        *("::: other\nx\n:::", "::: echo\nno end", ":::", "::: echo\nx\n::: echo", "a ::: echo\nb\n:::"),
        "    ::: echo\n    x\n    :::",
        "Text\n    ::: echo\n    x\n    :::",
    ],
)
def test_what_is_none_is_text(source):
    assert html(source) == markdown.render(source).html
    assert "block-echo" not in html(source)


@pytest.mark.parametrize(
    ("source", "begin"),
    [
        ("Text\n::: echo\nx\n:::", "<p>Text</p>\n<div"),
        ("> ::: echo\n> x\n> :::", "<blockquote><div"),
        ("- a\n\n  ::: echo\n  x\n  :::\n- b", "<ul>\n<li><p>a</p>\n<div"),
        (":::echo\nx\n:::", "<div"),
        ("::: raw\n```\n::: echo\n```\n:::", "<div"),
    ],
)
def test_it_stands_where_other_blocks_do(source, begin):
    assert html(source).startswith(begin + ' class="block block-')


def test_its_html_is_cleaned_like_what_a_writer_types():
    source = (
        '::: raw\n<p class="block-x callout other" onclick="x()">a</p><script>x()</script><b>open\n'
        '<a href="javascript:x()">c</a><style>p {}</style>\n:::\nAfter'
    )
    assert html(source) == (
        '<div class="block block-raw"><p class="block-x">a</p><b>open\n<a></a>c</b></div>\n<p>After</p>\n'
    )


def test_its_classes_are_nothing_where_there_are_no_blocks():
    assert markdown.render('<p class="block-x">a</p>').html == "<p>a</p>"


def test_one_that_fails_leaves_its_text_and_tells_the_writer():
    document = markdown.render("::: none\nWhat was <typed>.\n:::", blocks=BLOCKS, remarks=True)
    assert "What was &lt;typed&gt;." in document.html
    assert document.troubles == [
        "The block “none” cannot be shown, because its plugin failed. Readers see what stands in it."
    ]
    assert "remark" in document.html
    assert "remark" not in html("::: none\nx\n:::")


def test_beginnings_without_an_end_are_looked_at_once(monkeypatch):
    """Steps, not seconds: each line is compared with the end only as often as a later beginning needs it."""
    from broadsheet.lib.markdown import blocks

    asked = []
    line = blocks._line
    monkeypatch.setattr(blocks, "_line", lambda state, number: asked.append(number) or line(state, number))
    html("::: echo\n" * 2000)
    assert len(asked) < 20_000


def test_a_long_line_is_gone_through_once():
    """Were each of its spaces looked at again from each, this would take minutes."""
    line = f"::: zz b{' ' * 200_000}c"
    assert "block-" not in html(f"{line}\n:::")
