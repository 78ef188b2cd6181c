"""What a text becomes that is read elsewhere."""

import pytest

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
    assert absolute(render("## One").html, BASE) == '<h2 id="one">One</h2>\n'


def test_of_a_chart_the_table_stays():
    html = absolute(render('```chart type=bar title="Sales"\nYear,A\n2020,1\n2021,3\n```').html, BASE)
    assert "<svg" not in html
    assert "<figcaption>Sales</figcaption>" in html
    assert "<td" in html


def test_characters_that_xml_forbids_are_taken_out():
    assert legal("a\x00\x08\x0b\x1f\ufffe\uffff\ud800b\t\n\r\x7f\U0001f600") == "ab\t\n\r\x7f\U0001f600"
