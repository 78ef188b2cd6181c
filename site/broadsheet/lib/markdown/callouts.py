"""`> [!NOTE]`, as GitHub writes it, with an optional title behind it."""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_MARKER = re.compile(
    r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:[ \t]+([^\n]*))?[ \t]*(?:\n|$)", re.IGNORECASE
)


def callouts(state: StateCore) -> None:
    """Core rule after `block`: turns quotations that begin with a marker into callouts."""
    if "[!" not in state.src:
        return
    tokens, written = state.tokens, []
    kinds: list[str | None] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
        elif token.type == "blockquote_open":
            inline = tokens[index + 2] if tokens[index + 1].type == "paragraph_open" else None
            match = _MARKER.match(inline.content) if inline else None
            kinds.append(match.group(1).lower() if match else None)
            written.append(token)
            if inline and match:
                token.type, token.tag = "callout_open", "aside"
                token.meta["kind"] = kinds[-1]
                written.extend(_title((match.group(2) or "").strip(), token))
                inline.content = inline.content[match.end() :]
                skip = 0 if inline.content.strip() else 3
        elif token.type == "blockquote_close":
            if kinds.pop():
                token.type, token.tag = "callout_close", "aside"
            written.append(token)
        else:
            written.append(token)
    state.tokens = written


def _title(content: str, callout: Token) -> list[Token]:
    opening = Token("callout_title_open", "p", 1, level=callout.level + 1, block=True, meta=callout.meta)
    inline = Token("inline", "", 0, level=callout.level + 2, content=content, children=[], map=callout.map)
    return [opening, inline, Token("callout_title_close", "p", -1, level=callout.level + 1, block=True)]
