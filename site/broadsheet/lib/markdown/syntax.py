"""The parser: CommonMark 0.31, GitHub's tables, tasks and strikethrough, and what `with_extensions` adds."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from broadsheet.lib.markdown import formulas
from broadsheet.lib.markdown.autolinks import autolinks
from broadsheet.lib.markdown.blocks import blocks_plugin
from broadsheet.lib.markdown.callouts import callouts
from broadsheet.lib.markdown.footnotes import reference
from broadsheet.lib.markdown.headings import written_ids

# Quotations in quotations; a list counts twice. Deeper marks are text. A level costs six frames of Python's
# stack.
DEEPEST = 24

# Of brackets in brackets: with n of them the parser takes n × this many steps, and more calls in one another
# than Python's stack holds. It bounds blocks, too, which the parser drops with their text: so above DEEPEST.
_DEEPEST_BRACKETS = 40

# A quotation looks at each line below it, so that many in one another look at each line many times. From the
# fourth level on they share this many looks a text (about 10 µs each).
_LOOKS = 100_000


def core() -> MarkdownIt:
    """CommonMark with our guards against deep nesting, and nothing else."""
    md = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_BRACKETS})
    _guard(md)
    return md


def with_extensions() -> MarkdownIt:
    """The parser of all texts."""
    options = {"maxNesting": _DEEPEST_BRACKETS, "tasklists": True, "strikethrough_single_tilde": True}
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


def with_blocks() -> MarkdownIt:
    """The same, where somebody has blocks of their own."""
    md = with_extensions()
    blocks_plugin(md)
    return md


def _guard(md: MarkdownIt) -> None:
    """Bound the rules that call the parser anew, in depth and in work."""
    for rule in md.block.ruler.__rules__:
        if rule.name in ("blockquote", "list", "footnote_def", "deflist"):
            rule.fn = _bounded(rule.fn, counted=rule.name == "blockquote")
    md.block.ruler.__cache__ = None


def _bounded(rule: Callable[..., bool], *, counted: bool) -> Callable[..., bool]:
    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if state.level >= DEEPEST:
            return False
        if counted and state.level > 3 and not silent and state.src[_first(state, start)] == ">":
            state.env["looks"] = state.env.get("looks", 0) + end - start
            if state.env["looks"] > _LOOKS:
                return False
        return rule(state, start, end, silent)

    return bounded


def _first(state: StateBlock, line: int) -> int:
    return min(state.bMarks[line] + state.tShift[line], len(state.src) - 1)
