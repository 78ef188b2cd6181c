"""HTML comments in a text: notes of its writer to itself, which no page shows."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from broadsheet.lib.markdown import syntax

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PARSER = syntax.with_extensions()


def without_comments(source: str) -> str:
    """The Markdown without its comments (CommonMark 0.31, 4.6 and 6.6); those in code are text, and stay."""
    if "<!--" not in source:
        return source
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = source.split("\n")
    try:
        tokens = _PARSER.parse(source)
    except RecursionError:  # see pipeline.py
        return _COMMENT.sub("", source)
    for token in reversed(tokens):
        if token.map is None or token.type not in ("html_block", "inline"):
            continue
        first, last = token.map
        written = "\n".join(lines[first:last])
        kept = _COMMENT.sub("", written) if token.type == "html_block" else _within(written, token)
        if kept != written:
            lines[first:last] = [kept] if kept.strip() else []
    return "\n".join(lines)


def _within(written: str, inline: Token) -> str:
    """A paragraph without those that stand among its words."""
    pieces, at = [], 0
    for is_code, content in _code_and_comments(inline):
        # In a quotation each line begins with a mark of its own, which the parser has taken away.
        begin = written.find(content.split("\n", 1)[0], at)
        if begin < 0:
            continue
        if is_code:
            pieces.append(written[at : begin + len(content)])
            at = begin + len(content)
        elif found := _COMMENT.match(written, begin):
            pieces.append(written[at:begin])
            at = found.end()
    return "".join([*pieces, written[at:]])


def _code_and_comments(inline: Token) -> Iterator[tuple[bool, str]]:
    for child in inline.children or []:
        if child.type == "code_inline":
            yield True, child.content
        elif child.type == "html_inline" and child.content.startswith("<!--"):
            yield False, child.content
