"""The text of rendered HTML, as it is searched: what a reader reads, in one line."""

import html
import re
import unicodedata

LONGEST = 200_000  # characters; PostgreSQL keeps at most a megabyte of words for a text

_TAG = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
# What stands in the page, and is none of its words: signs beside headings and notes.
_FURNITURE = re.compile(
    rf'<a class="(?:anchor|footnote-back)"{_TAG}>.*?</a>|<sup class="footnote-reference">.*?</sup>'
    rf'|<span class="checkbox"{_TAG}>.*?</span>|<(script|style|svg|annotation)\b{_TAG}>.*?</\1>',
    re.DOTALL,
)
_WITHIN_A_LINE = re.compile(
    rf"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)"
    rf"\b{_TAG}>"
)
_ANY = re.compile(rf"<[/!a-zA-Z]{_TAG}>")


def plain_text(markup: str) -> str:
    """For HTML that is well formed, as the sanitiser writes it."""
    text = _FURNITURE.sub(" ", markup)
    text = _ANY.sub(" ", _WITHIN_A_LINE.sub("", text))
    text = unicodedata.normalize("NFC", html.unescape(text)).replace("\0", "")
    return " ".join(text.split())[:LONGEST]
