"""Code with classes for its colours (Pygments' short ones; static/css/code.css gives them their look)."""

import re
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import LEXERS, find_lexer_class
from pygments.token import STANDARD_TYPES, _TokenType

# Some lexers need far more than linear time for hostile text; beyond this many characters code stays plain.
LONGEST = 40_000

# Names that are in use and unknown to Pygments.
_ALSO = {"sh-session": "console", "shell-session": "console", "jsonc": "json", "rs": "rust", "patch": "diff"}
_KINDS = {
    alias: name for _, name, aliases, *_ in LEXERS.values() for alias in aliases
}  # Only what Pygments brings: a look-up among installed plug-ins would take milliseconds a name.
_NAME = re.compile(r"[\w+#.-]{1,40}")
_PLAIN = {"", "w", "p", "n", "x", "g", "esc", "l"}


def block(code: str, info: str) -> str:
    """A `<pre>` for `code`; the first word of the `info` string (`rust,ignore`, `{.python}`) is its language.

    An unknown language is plain text. The block takes focus, so that a keyboard can scroll it (WCAG 2.1.1).
    """
    match = _NAME.search(info[:80])
    language = match.group().lower().strip(".-") if match else ""
    label = f' data-language="{escape(language)}"' if language else ""
    return f'<pre class="code"{label} tabindex="0"><code>{_coloured(code, language)}</code></pre>'


def _coloured(code: str, language: str) -> str:
    lexer = _lexer(language) if language and len(code) <= LONGEST else None
    if lexer is None:
        return escape(code, quote=False)
    try:
        return _spans(lexer, code)
    except Exception:  # a lexer that fails on some text must not keep the post from being saved
        return escape(code, quote=False)


@cache  # bounded by the number of lexers: _KINDS is asked first
def _made(name: str) -> Lexer | None:
    kind = find_lexer_class(name)
    return kind(stripnl=False, ensurenl=False) if kind else None


def _lexer(language: str) -> Lexer | None:
    name = _KINDS.get(_ALSO.get(language, language))
    return _made(name) if name else None


def _spans(lexer: Lexer, code: str) -> str:
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
    return "".join(written)


def _span(text: str, name: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<span class="{name}">{text}</span>' if name and text else text


_CLASSES: dict[_TokenType, str] = {}


def _class(kind: _TokenType) -> str:
    known: _TokenType | None = kind
    while known is not None and known not in STANDARD_TYPES:
        known = known.parent
    name = STANDARD_TYPES[known] if known is not None else ""
    _CLASSES[kind] = name = "" if name in _PLAIN else name
    return name
