"""Raw HTML in a text: read tag by tag, and written anew with what the policy allows.

Browsers and sanitisers repair what is misnested at a cost that grows with the square of the depth, and an
unclosed `<textarea>` swallows the rest of a page. So no tag goes through as it was typed: the writer keeps
all elements nested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape

from broadsheet.lib.markdown.policy import ATTRIBUTES, CLASSES, FIXED, VOID, is_of_block, is_safe, local_id

_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![a-zA-Z][^>]*(?:>|\Z)"
    r"|<(?P<silent>script|style)\b.*?(?:</(?P=silent)\s*>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>\"'<]*)(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")

_PIXELS = re.compile(r"\s*([0-9]{1,5})(?:px)?\s*")  # HTML wants a number alone; `300px` is what people write

# Elements that older pages are full of. They go without a trace; their content stays.
_FORGOTTEN = {
    "acronym", "article", "big", "body", "button", "center", "fieldset", "font", "footer", "form", "header",
    "hgroup", "html", "label", "legend", "link", "main", "meta", "nav", "nobr", "noscript", "picture",
    "source", "strike", "tt",
}  # fmt: skip
_TODAY = {"strike": "s", "tt": "code", "acronym": "abbr"}
_BLOCKS = (
    "blockquote", "details", "div", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p",
    "pre", "section", "table", "ul",
)  # fmt: skip
# What a start tag ends, if it was left open right around it (HTML, "Optional tags").
_ENDS: dict[str, set[str]] = {
    **{name: {"p"} for name in _BLOCKS},
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "tr": {"td", "th", "tr"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tbody": {"td", "th", "tr", "thead", "tbody"},
    "tfoot": {"td", "th", "tr", "thead", "tbody"},
}  # fmt: skip


@dataclass(slots=True)
class Tag:
    """One tag of the source: its name in lower case, its allowed attributes, unescaped."""

    name: str
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def is_void(self) -> bool:
        return self.name in VOID

    @property
    def ends(self) -> set[str]:
        """The elements that this start tag closes when they are open right around it."""
        return _ENDS.get(self.name, set())

    def __str__(self) -> str:
        return f"<{self.name}{attributes(self.attributes)}>"


def attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())


def read(source: str, *, inline: bool) -> Iterator[Tag | str]:
    """The tags of `source`, and its text between them as HTML.

    Within a line of text (`inline`) a tag of no known element is text that someone forgot to mark as code, as
    in `Vec<T>` or "the <script> tag": it is shown. In a block of HTML such tags are dropped, scripts with
    their content.
    """
    at = 0
    for match in _PIECE.finditer(source):
        if match.start() > at:
            yield _text(source[at : match.start()])
        at = match.end()
        if name := match.group("name"):
            name = _TODAY.get(name.lower(), name.lower())
            if name in ATTRIBUTES or name == "h1" or name == "iframe":
                yield Tag(name, bool(match.group("end")), _attributes(name, match.group("rest")))
            elif inline and name not in _FORGOTTEN:
                yield escape(match.group(), quote=False)
        elif inline and match.group("silent"):
            yield escape(match.group(), quote=False)
    if at < len(source):
        yield _text(source[at:])


def _text(source: str) -> str:
    return source.replace("<", "&lt;")


def _attributes(tag: str, source: str) -> dict[str, str]:
    """The allowed attributes; the first of a name counts (HTML, "attribute name state")."""
    found: dict[str, str] = {}
    if not source or source.isspace():
        return found
    for match in _ATTRIBUTE.finditer(source):
        name = match.group(1).lower()
        if tag == "a" and name == "name":
            name = "id"
        if name in found or not (name in ATTRIBUTES.get(tag, ()) or (tag == "iframe" and name == "src")):
            continue
        value = unescape(match.group(2) or match.group(3) or match.group(4) or "")
        if (kept := _value(tag, name, value)) is not None:
            found[name] = kept
    return found


def _value(tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return local_id(value)
    if name == "class":
        # Whether there are blocks at all, the sanitiser knows.
        allowed = (word for word in value.split() if word in CLASSES.get(tag, ()) or is_of_block(word))
        return " ".join(allowed) or None
    if name in ("href", "src", "cite"):
        value = value.strip()
        return value if is_safe(value) or name == "src" else None
    if name == "loading" or name == "decoding":
        return None
    if name in ("width", "height"):
        pixels = _PIXELS.fullmatch(value)
        return pixels[1] if pixels else None
    return value if name not in FIXED or value in FIXED[name] else None
