"""What a text becomes that is read elsewhere."""

import re

import pytest

import feed_rules
from broadsheet.lib.feed_text import absolute, legal
from broadsheet.lib.markdown import render

BASE = "https://example.org/post/1/a"


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("/about?a=1&amp;b=2#c", "https://example.org/about?a=1&amp;b=2#c"),
        ("#part", "https://example.org/post/1/a#part"),
        ("b", "https://example.org/post/1/b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://else.example/", "https://else.example/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("http://[", "http://["),
        ("//[", "//["),
    ],
)
def test_addresses_become_whole(address, whole):
    assert absolute(f'<a href="{address}">x</a>', BASE) == f'<a href="{whole}">x</a>'


def test_each_of_the_sizes_of_a_picture_becomes_whole():
    html = '<source srcset="/a-480.avif 480w, /a-800.avif 800w" sizes="100vw"><img src="/a.jpg" alt="x">'
    assert absolute(html, BASE) == (
        '<source srcset="https://example.org/a-480.avif 480w, https://example.org/a-800.avif 800w"'
        ' sizes="100vw"><img src="https://example.org/a.jpg" alt="x">'
    )


def test_words_that_look_like_an_address_stay():
    html = '<p title="a href=b">&lt;a href="/about"&gt; and src="/x"</p>'
    assert absolute(html, BASE) == html


def test_headings_offer_no_link_to_themselves():
    assert absolute(render("## One").html, BASE) == "<h2>One</h2>\n"


def test_headings_keep_their_ids_where_the_text_leads_to_them():
    html = absolute(render('[A](#one) [B](#größe)\n\n## One\n\n## Two\n\n<p id="größe">Three</p>').html, BASE)
    assert {'<h2 id="one">', '<p id="größe">'} <= set(re.findall(r"<[^>]*>", html))
    assert "<h2>Two</h2>" in html


def test_notes_and_the_ways_back_find_each_other():
    html = absolute(render("Text[^1].\n\n[^1]: Note.").html, BASE)
    assert {'id="fnref-1"', 'id="fn-1"'} <= set(re.findall(r'id="[^"]*"', html))
    feed_rules.stands_anywhere(html)


@pytest.mark.parametrize("kind", ["bar", "stacked", "line", "dot"])
def test_of_a_chart_the_title_and_the_table_stay(kind):
    chart = f'```chart type={kind} title="Sales"\nYear,A,B\n2020,1,2\n2021,3,4\n```'
    html = absolute(render(chart).html, BASE)
    feed_rules.stands_anywhere(html)
    assert html.startswith(
        '<figure><figcaption>Sales</figcaption><div role="region" aria-label="Sales"><table><thead>'
    )
    assert "<ul" not in html
    assert '<th scope="col">B</th>' in html


def test_nothing_is_carried_that_only_the_page_goes_by():
    text = (
        "```python linenos {1}\nx = 1\n```\n\n```csv\na,b\nx,1.000\n```\n\n> [!NOTE]\n> Mind.\n\n"
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ\n\n- [x] done\n\n$x$\n\n## Head\n"
    )
    html = absolute(render(text).html, BASE)
    feed_rules.stands_anywhere(html)
    assert '<pre dir="ltr"><code><mark>x = 1\n</mark></code></pre>' in html
    assert '<span role="img" aria-label="Done">☑</span>' in html
    assert html.count("<span") == html.count("</span>")


def test_code_that_shows_an_attribute_keeps_it():
    html = absolute(render('`<b class="x" data-y="z">`').html, BASE)
    assert html == '<p><code>&lt;b class="x" data-y="z"&gt;</code></p>\n'


def test_characters_that_xml_forbids_are_taken_out():
    assert legal("a\x00\x08\x0b\x1f\ufffe\uffff\ud800b\t\n\r\x7f\U0001f600") == "ab\t\n\r\x7f\U0001f600"
