"""`::: name argument` … `:::`: blocks that somebody else makes the HTML of, as plugins do.

A name that nobody has, or a block without an end, is text like any other.
"""

import re
from collections.abc import Callable, Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

# From the text between the lines, and the rest of the first line, to HTML; None if it cannot be shown.
Render = Callable[[str, str], str | None]
Blocks = Mapping[str, Render]
NO_BLOCKS: Blocks = {}

_OPENING = re.compile(r":::[ \t]*([a-z][a-z0-9-]{0,39})(?:[ \t]+(.*))?")  # never twice over the same spaces
_CLOSING = ":::"


def blocks_plugin(md: MarkdownIt) -> None:
    """Which there are is told to each text, as `env["blocks"]`."""
    md.block.ruler.before("fence", "block", _rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not state.src.startswith(_CLOSING, _begin(state, start)):
        return False
    found = _OPENING.fullmatch(_line(state, start).rstrip(" \t"))
    if found is None or found.group(1) not in state.env["blocks"]:
        return False
    if (close := _close(state, start, end)) is None:
        return False
    if silent:
        return True
    token = state.push("block", "div", 0)
    token.info, token.meta = found.group(1), {"argument": found.group(2) or ""}
    token.content = state.getLines(start + 1, close, state.sCount[start], False)
    token.map = [start, close + 1]
    state.line = close + 1
    return True


def _close(state: StateBlock, start: int, end: int) -> int | None:
    """The line that ends it. Where one was looked for in vain, no later beginning looks again."""
    if start < state.env.get("unclosed_until", 0):
        return None
    for line in range(start + 1, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            end = line
            break
        if _line(state, line).rstrip() == _CLOSING:
            return line
    state.env["unclosed_until"] = end
    return None


def _begin(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _line(state: StateBlock, line: int) -> str:
    return state.src[_begin(state, line) : state.eMarks[line]]
