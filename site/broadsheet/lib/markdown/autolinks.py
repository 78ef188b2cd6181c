"""Bare addresses become links, by GitHub's rules (GFM 0.29, section 6.9).

A name without scheme or `www.` is left alone: `lib.rs` is a file far more often than a Serbian site.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ADDRESS = re.compile(
    r"(?<![^\s*_~(\[\"'“‘«»„–—:,;|/])(?P<web>(?:https?://|www\.)(?=[^\W_])[^\s<>\"“”]{2,2000})"
    r"|(?<![\w.+@/:-])(?P<mail>[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{0,62}(?![\w@-]))",
    re.IGNORECASE | re.ASCII,
)
_TRAILING = re.compile(r"(?:[?!.,:*_~'’;…]|&[a-zA-Z0-9]{1,30};)+$")
_RAW_LINK = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)


def autolinks(state: StateCore) -> None:
    """Core rule after `inline`."""
    source = state.src
    if "://" not in source and "www." not in source and "WWW." not in source and "@" not in source:
        return
    for token in state.tokens:
        if token.type == "inline" and token.children:
            content = token.content
            if "://" in content or "@" in content or "www." in content or "WWW." in content:
                token.children = _linked(token.children, state.md)


def _linked(tokens: list[Token], md: MarkdownIt) -> list[Token]:
    written: list[Token] = []
    inside = 0
    for token in tokens:
        if token.type == "link_open":
            inside += 1
        elif token.type == "link_close":
            inside -= 1
        elif token.type == "html_inline" and (match := _RAW_LINK.match(token.content)):
            inside = max(0, inside + (-1 if match.group(1) else 1))
        elif token.type == "text" and not inside and len(token.content) > 4:
            written.extend(_split(token, md))
            continue
        written.append(token)
    return written


def _split(token: Token, md: MarkdownIt) -> list[Token]:
    content, at = token.content, 0
    written: list[Token] = []
    for match in _ADDRESS.finditer(content):
        shown = match.group() if match.group("mail") else _without_trailing(match.group())
        address = md.normalizeLink(_scheme(match) + shown)
        if not md.validateLink(address):
            continue
        if match.start() > at:
            written.append(Token("text", "", 0, content=content[at : match.start()], level=token.level))
        written.append(Token("link_open", "a", 1, attrs={"href": address}, level=token.level, info="auto"))
        written.append(Token("text", "", 0, content=shown, level=token.level + 1))
        written.append(Token("link_close", "a", -1, level=token.level, info="auto"))
        at = match.start() + len(shown)
    if not written:
        return [token]
    if at < len(content):
        written.append(Token("text", "", 0, content=content[at:], level=token.level))
    return written


def _scheme(match: re.Match[str]) -> str:
    if match.group("mail"):
        return "mailto:"
    return "" if "://" in match.group()[:8] else "https://"


def _without_trailing(address: str) -> str:
    """Punctuation at the end belongs to the sentence; a bracket too, unless it was opened in the address."""
    while True:
        tidy = _TRAILING.sub("", address)
        for opening, closing in ("()", "[]"):
            if tidy.endswith(closing) and tidy.count(closing) > tidy.count(opening):
                tidy = tidy[:-1]
        if tidy == address:
            return address
        address = tidy
