"""Plain text out of tokens: for excerpts, titles and labels."""

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from broadsheet.lib.markdown.raw import Tag, read

EXCERPT_LENGTH = 200

_SPACE = re.compile(r"\s+")
_NOT_RUNNING = {"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table"}
_WITHIN_WORDS = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q",
    "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip

# Between words from right to left the sign of a number alone would stand behind it (UAX #9).
_SIGNED = re.compile(r"[-+\u2212\u2013\u00b1]\s?\d[\d.,\s\u00a0\u202f]*%?")


def is_signed_number(content: str) -> bool:
    return _SIGNED.fullmatch(content.strip()) is not None


def plain(tokens: Iterable[Token]) -> str:
    """The text of inline `tokens` in one line, as a reader would say it."""
    return _SPACE.sub(" ", "".join(_parts(tokens))).strip()


def _parts(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "math_inline", "math_inline_double"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "html_inline":
            yield from (
                html.unescape(piece) for piece in read(token.content, inline=True) if isinstance(piece, str)
            )
        elif token.type == "image":
            yield from _parts(token.children or ())


def is_bare_address(tokens: Sequence[Token]) -> bool:
    """Whether it is an address without words of its own, and nothing beside it."""
    return len(tokens) == 3 and tokens[0].type == "link_open" and tokens[0].info == "auto"


def excerpt(tokens: Sequence[Token]) -> str:
    """The beginning of the running text; of lists and quotations, then of raw HTML, when there is nothing
    else. An address that stands alone says nothing."""
    return _excerpt(tokens, 0) or _excerpt(tokens, 99) or _excerpt_of_html(tokens)


def _excerpt(tokens: Sequence[Token], deepest: int) -> str:
    found = ""
    for before, token in itertools.pairwise(tokens):
        if before.type == "footnote_block_open":
            break
        if before.type == "paragraph_open" and before.level <= deepest:
            if is_bare_address(token.children or ()):
                continue
            found = f"{found} {_without_pictures(token.children or ())}".strip()
            if len(found) > EXCERPT_LENGTH:
                break
    return shorten(found, EXCERPT_LENGTH)


def _excerpt_of_html(tokens: Sequence[Token]) -> str:
    found = ""
    for token in tokens:
        if token.type == "html_block":
            found = _SPACE.sub(" ", f"{found} {''.join(_said(token.content))}").strip()
            if len(found) > EXCERPT_LENGTH:
                break
    return shorten(found, EXCERPT_LENGTH)


def _said(source: str) -> Iterator[str]:
    """The words of a block of raw HTML; its code, tables and headings are no running text."""
    silent = ""
    for piece in read(source, inline=False):
        if isinstance(piece, str):
            yield "" if silent else html.unescape(piece)
        elif piece.is_end:
            silent = "" if piece.name == silent else silent
        elif piece.name in _NOT_RUNNING:
            silent = silent or piece.name
        if isinstance(piece, Tag) and piece.name not in _WITHIN_WORDS:
            yield " "


def _without_pictures(tokens: Iterable[Token]) -> str:
    return plain(token for token in tokens if token.type != "image")


def shorten(text: str, length: int) -> str:
    """`text` of at most `length` characters, cut after a word, with an ellipsis when something was cut."""
    if len(text) <= length:
        return text
    cut = text.rfind(" ", length // 2, length)
    return text[: cut if cut > 0 else length - 1].rstrip(" ,;:.–—-") + "…"
