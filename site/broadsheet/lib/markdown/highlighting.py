"""Code with classes for its colours (Pygments' short ones; static/css/code.css gives them their look)."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

from broadsheet.lib.lazy import lazily
from broadsheet.lib.markdown.listing import Listing

if TYPE_CHECKING:
    from pygments import lexers, token
    from pygments.lexer import Lexer
else:
    lexers, token = lazily("pygments.lexers"), lazily("pygments.token")

# Some lexers need far more than linear time for hostile text; beyond this many characters code stays plain.
LONGEST = 40_000

# Names that are in use and unknown to Pygments.
_ALSO = {"sh-session": "console", "shell-session": "console", "jsonc": "json", "rs": "rust", "patch": "diff"}
_OUR_NAMES = {"sh": "Shell", "shell": "Shell", "console": "Shell", "docker": "Dockerfile"}
# Of no interest to a reader.
_UNNAMED = {"", "text", "txt", "plain", "plaintext", "none", "raw", "output"}
_PLAIN = {"", "w", "p", "n", "x", "g", "esc", "l"}


def block(code: str, listing: Listing) -> str:
    """A `<pre>` for the code; in a figure when something is to be said of it: its language, or its title.

    An unknown language is plain text. The block takes focus, so that a keyboard can scroll it (WCAG 2.1.1).
    """
    language = listing.language
    label = f' data-language="{escape(language)}"' if language else ""
    spans = _coloured(code, language)
    name = "code numbered" if listing.first else "code"
    if listing.first or listing.marked:
        spans = _in_lines(spans, listing)
    pre = f'<pre class="{name}"{label} dir="ltr" tabindex="0"><code>{"".join(spans)}</code></pre>'
    caption = _caption(listing)
    return f'<figure class="code-listing">{caption}{pre}</figure>' if caption else pre


def name_of(language: str) -> str:
    """As people write it: `C++` for `cpp`; as the writer wrote it when nobody knows it."""
    return _names().get(_ALSO.get(language, language), language)


@cache
def _names() -> dict[str, str]:
    return {
        alias: title for _, title, aliases, *_ in lexers.LEXERS.values() for alias in aliases
    } | _OUR_NAMES


@cache
def _kinds() -> dict[str, str]:
    """Only what Pygments brings: a look-up among installed plug-ins would take milliseconds a name."""
    return {alias: name for _, name, aliases, *_ in lexers.LEXERS.values() for alias in aliases}


def _caption(listing: Listing) -> str:
    language = name_of(listing.language) if listing.language not in _UNNAMED else ""
    said = (("code-title", listing.title), ("code-language", language))
    shown = [f'<span class="{name}">{escape(words, quote=False)}</span>' for name, words in said if words]
    return f"<figcaption>{' '.join(shown)}</figcaption>" if shown else ""


def _in_lines(spans: list[str], listing: Listing) -> list[str]:
    """Each line in an element of its own, its end included, so that a selection takes up the code and nothing
    else; the number is put before it by the style."""
    *lines, rest = "".join(spans).split("\n")
    lines = [f"{line}\n" for line in lines] + ([rest] if rest else [])
    written = []
    for number, line in enumerate(lines, 1):
        tag = "mark" if listing.is_marked(number) else "span"
        count = f' data-number="{listing.first + number - 1}"' if listing.first else ""
        written.append(f'<{tag} class="line"{count}>{line}</{tag}>')
    return written


def _coloured(code: str, language: str) -> list[str]:
    """Pieces of HTML; none of their elements goes over the end of a line."""
    lexer = _lexer(language) if language and len(code) <= LONGEST else None
    if lexer is None:
        return [escape(code, quote=False)]
    try:
        return _spans(lexer, code)
    except Exception:  # a lexer that fails on some text must not keep the post from being saved
        return [escape(code, quote=False)]


@cache  # bounded by the number of lexers: _kinds is asked first
def _made(name: str) -> Lexer | None:
    kind = lexers.find_lexer_class(name)
    return kind(stripnl=False, ensurenl=False) if kind else None


def _lexer(language: str) -> Lexer | None:
    name = _kinds().get(_ALSO.get(language, language))
    return _made(name) if name else None


def _spans(lexer: Lexer, code: str) -> list[str]:
    written: list[str] = []
    run, run_class = "", ""
    for kind, value in lexer.get_tokens(code):
        name = _CLASSES.get(kind)
        if name is None:
            name = _class(kind)
        if name == run_class:
            run += value
            continue
        written.append(_span(run, run_class))
        run, run_class = value, name
    written.append(_span(run, run_class))
    return written


def _span(text: str, name: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not name or not text:
        return text
    if "\n" not in text:
        return f'<span class="{name}">{text}</span>'
    return "\n".join(f'<span class="{name}">{line}</span>' if line else "" for line in text.split("\n"))


_CLASSES: dict[token._TokenType, str] = {}


def _class(kind: token._TokenType) -> str:
    known: token._TokenType | None = kind
    while known is not None and known not in token.STANDARD_TYPES:
        known = known.parent
    name = token.STANDARD_TYPES[known] if known is not None else ""
    _CLASSES[kind] = name = "" if name in _PLAIN else name
    return name
