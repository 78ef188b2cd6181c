"""TeX formulas as MathML.

latex2mathml undoes the escaping of its own output, so that `\\text{<script>}` comes out as a script. Its
element tree is therefore taken and written here, by a list of what MathML needs for display.
"""

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown_it.rules_inline import StateInline

from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from latex2mathml import converter
else:
    converter = lazily("latex2mathml.converter")

LONGEST = 4_000  # characters of one formula
DEEPEST = 30  # braces in braces: each costs several frames of the stack

_ELEMENTS = {
    "math", "menclose", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
}  # fmt: skip
_ATTRIBUTES = {
    "accent", "accentunder", "align", "close", "columnalign", "columnlines", "columnspacing", "depth",
    "display", "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "open", "rowlines", "rowspacing",
    "rspace", "scriptlevel", "separator", "separators", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip

# Macros can grow a formula without limit; a link or a style in one is no business of a text.
_REFUSED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|def|gdef|edef|let|newenvironment|href|style|class|DeclareMathOperator)\b"
)
# Pandoc's rule for `$`, and no letter before the first: prices and shell variables stay text.
_INLINE = re.compile(
    r"(?<![\w$])\$(?![\s$])((?:[^$\\]|\\[\s\S]){1,1000}?)(?<!\s)\$(?![\w$])"
    r"|\$\$(?!\$)((?:[^$\\]|\\[\s\S]){1,4000}?)\$\$"
)
_DOLLARS = re.compile(r"\${2,}")


def inline_rule(state: StateInline, silent: bool) -> bool:
    """`$…$` and, for display, `$$…$$` within a paragraph."""
    if state.src[state.pos] != "$":
        return False
    match = _INLINE.match(state.src, state.pos, state.posMax)
    if match is None or "\n\n" in match.group():
        # The whole run of dollars is text, or the second would be tried as a first.
        run = _DOLLARS.match(state.src, state.pos, state.posMax)
        if run is None:
            return False
        if not silent:
            state.append_pending(run.group())
        state.pos = run.end()
        return True
    if not silent:
        display = match.group(1) is None
        token = state.push("math_inline_double" if display else "math_inline", "math", 0)
        token.content = match.group(2) if display else match.group(1)
    state.pos = match.end()
    return True


def formula(source: str, *, display: bool, tag: str = "") -> str:
    """MathML for `source`, within an element `tag` that scrolls by keyboard if one is named.

    What cannot be read is shown as it was written, in `<code class="math-error">`.
    """
    source = source.strip()
    mathml = _converted(source, display)
    if mathml is None:
        mark = "$$" if display else "$"
        mathml = f'<code class="math-error">{escape(mark + source + mark, quote=False)}</code>'
    return f'<{tag} class="math" tabindex="0">{mathml}</{tag}>' if tag else mathml


def _converted(source: str, display: bool) -> str | None:
    if not source or len(source) > LONGEST or _REFUSED.search(source) or _depth(source) > DEEPEST:
        return None
    try:
        tree = converter.Converter(display="block" if display else "inline").convert_to_element(source)
        return _written(tree)
    except Exception:  # the library raises many kinds, RecursionError among them
        return None


def _depth(source: str) -> int:
    deepest = depth = 0
    for mark in re.findall(r"[{}]|\\(?:left|right|begin|end)\b|[\^_](?=\s*[\^_\\])", source):
        if mark in ("}", "\\right", "\\end"):
            depth -= 1
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _written(element: Element) -> str:
    tag = element.tag if element.tag in _ELEMENTS else "mrow"
    attributes = "".join(
        f' {name}="{escape(str(value))}"' for name, value in element.attrib.items() if name in _ATTRIBUTES
    )
    # Its texts hold character references, which it resolves while writing.
    text = escape(unescape(element.text), quote=False) if element.text else ""
    return f"<{tag}{attributes}>{text}{''.join(map(_written, element))}</{tag}>"
