"""The parser: CommonMark 0.31, GitHub's tables, tasks and strikethrough, and what `with_extensions` adds."""

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, image
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from broadsheet.lib.markdown import formulas
from broadsheet.lib.markdown.autolinks import autolinks
from broadsheet.lib.markdown.callouts import callouts
from broadsheet.lib.markdown.footnotes import reference
from broadsheet.lib.markdown.headings import written_ids

# Quotations in lists in notes, … Beyond it their marks are text. Each level costs about six frames of Python's stack.
DEEPEST = 40

# Pictures in the alternative text of pictures.
_DEEPEST_IMAGE = 3


def core() -> MarkdownIt:
    """CommonMark with our guards against deep nesting, and nothing else."""
    md = MarkdownIt("commonmark", {"maxNesting": 100})
    _guard(md)
    return md


def with_extensions() -> MarkdownIt:
    """The parser of all texts."""
    options = {"maxNesting": 100, "tasklists": True, "strikethrough_single_tilde": True}
    md = MarkdownIt("commonmark", options)
    md.enable(["table", "strikethrough"])
    footnote_plugin(md, inline=False)
    md.inline.ruler.at("footnote_ref", reference)
    deflist_plugin(md)
    dollarmath_plugin(md, allow_labels=False, allow_blank_lines=False)
    md.inline.ruler.at("math_inline", formulas.inline_rule)
    md.core.ruler.after("block", "callouts", callouts)
    md.core.ruler.after("block", "written_ids", written_ids)
    md.core.ruler.after("footnote_tail", "autolinks", autolinks)
    _guard(md)
    return md


def _guard(md: MarkdownIt) -> None:
    """Bound the recursion of the rules that call the parser anew."""
    for rule in md.block.ruler.__rules__:
        if rule.name in ("blockquote", "list", "footnote_def", "deflist"):
            rule.fn = _bounded(rule.fn)
    md.block.ruler.__cache__ = None
    md.inline.ruler.at("image", _image)


def _bounded(rule: Callable[..., bool]) -> Callable[..., bool]:
    def bounded(state: Any, start: int, end: int, silent: bool) -> bool:
        return state.level < DEEPEST and rule(state, start, end, silent)

    return bounded


def _image(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "!":
        return False
    depth = state.env.get("images", 0)
    if depth >= _DEEPEST_IMAGE:
        return False
    state.env["images"] = depth + 1
    try:
        return image(state, silent)
    finally:
        state.env["images"] = depth
