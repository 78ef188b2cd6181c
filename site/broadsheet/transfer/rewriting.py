"""The addresses in a Markdown text, found and replaced without touching anything else of it.

The text is not parsed and written anew, which would change every line of somebody's Markdown: a scanner
steps over code and comments and stops at what a link, a picture or an HTML attribute points to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_STOP = re.compile(
    r"""
      (?P<fence> ^[ \t>]*(?:[-*+]\s+|\d+[.)]\s+)? (?P<mark>`{3,}|~{3,}) [^\n]* (?:\n|\Z)
          (?s:.*?) (?: ^[ \t>]*(?P=mark)[`~]*[ \t]*$ | \Z ) )
    | (?P<code> (?<!`)(?P<ticks>`+)(?!`) (?:[^\n]|\n(?![ \t]*\n)){1,1000}? (?<!`)(?P=ticks)(?!`) )
    | (?P<comment> <!--(?s:.*?)--> )
    | \]\( [ \t]* (?P<inline> <[^<>\n]*> | (?:\\.|[^\s()<>\\]|\((?:\\.|[^\s()\\])*\))* )
    | ^[ ]{0,3}(?:>[ ]?)*\[(?:\\.|[^\]\\])+\]:[ \t]*\n?[ \t]* (?P<definition> <[^<>\n]*> | \S+ )
    | <[a-zA-Z] (?:[^<>"'`]|"[^"]*"|'[^']*')*? \s(?:src|href)\s*=\s*
          (?P<quote>["']) (?P<attribute>[^"'\n]*) (?P=quote)
    | <(?P<automatic> https?://[^\s<>]* )>
    """,
    re.VERBOSE | re.MULTILINE,
)
_DESTINATIONS = ("inline", "definition", "attribute", "automatic")
_PASSED_OVER = ("fence", "code", "comment")


@dataclass(frozen=True, slots=True)
class Address:
    """What a link, a picture or an attribute points to, as written, and where it stands."""

    written: str
    start: int
    end: int
    is_automatic: bool = False  # `<https://…>`, which is its own words


def find(text: str) -> list[Address]:
    """The addresses outside of code, in order."""
    found = []
    for stop in _STOP.finditer(text):
        kind = _kind(stop, _DESTINATIONS)
        if kind and (written := stop[kind].removeprefix("<").removesuffix(">")):
            automatic = kind == "automatic"
            start, end = stop.span() if automatic else stop.span(kind)
            found.append(Address(written, start, end, automatic))
    return found


def replace(text: str, addresses: list[Address], new: Mapping[str, str]) -> str:
    """The text with those of its addresses that `new` knows replaced."""
    pieces, last = [], 0
    for address in addresses:
        if address.written in new:
            there = new[address.written]
            # An address that no longer is a whole one cannot stand for itself.
            there = f"[{address.written}]({there})" if address.is_automatic else there
            pieces += [text[last : address.start], there]
            last = address.end
    return "".join([*pieces, text[last:]])


def prose(text: str) -> str:
    """The text, letter by letter in its place, with blanks for its code and comments."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0]) if _kind(found, _PASSED_OVER) else found[0]

    return _STOP.sub(blank, text)


def _kind(found: re.Match[str], kinds: tuple[str, ...]) -> str:
    return next((kind for kind in kinds if found[kind] is not None), "")
