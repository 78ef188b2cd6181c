"""What differs between two rendered texts, as one page of HTML with <ins> and <del>.

Both come from the pipeline: they are well-formed and sanitised, and nothing is added to them but these two
elements. The newer text is the ground; of the older one, blocks and words that are gone are put where they
stood. Blocks are compared first, then the words within those that changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from broadsheet.lib.alignment import edits
from broadsheet.lib.diffing import MOST_CELLS, paired, tokens

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^>]*?(/?)>|<!--.*?-->", re.DOTALL)
_VOID = frozenset(
    ["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# In these, words may stand at any place, so they are compared word by word.
_WORDS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "dd", "figcaption", "summary", "li"]
)
# These are compared part by part, if both texts have one.
_PARTS = frozenset(["ul", "ol", "blockquote", "div", "section", "details", "aside", "figure", "li", "dd"])
_BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 pre ul ol dl blockquote hr div section details aside figure table".split()  # noqa: SIM905
)
# In these, <del> and <ins> stand within, as nothing may stand around them.
_WITHIN = frozenset(["li", "dt", "dd", "tr", "td", "th", "summary", "figcaption"])
# One word each: what stands in them is not ours to mark.
_WHOLE = frozenset(["math", "svg"])
_ID = re.compile(r"""\s(?:id|name)=(?:"[^"]*"|'[^']*'|[^\s>]+)""")


@dataclass(frozen=True, slots=True)
class _Block:
    """An element with all that stands in it, or a run of text between elements."""

    html: str
    name: str = ""
    opening: str = ""
    inner: str = ""

    @property
    def words(self) -> str:
        return _TAG.sub(" ", self.html)

    @property
    def tail(self) -> str:
        """The white space behind it."""
        return self.html[len(self.html.rstrip()) :]


def rendered_differences(old: str, new: str) -> str:
    """The newer HTML with <ins> and <del>."""
    return "".join(_compared(_blocks(old), _blocks(new)))


def _compared(old: Sequence[_Block], new: Sequence[_Block]) -> Iterator[str]:
    at = 0
    for start, end, other_start, other_end in edits(
        [_comparable(block) for block in old], [_comparable(block) for block in new], MOST_CELLS
    ):
        yield from (block.html for block in new[other_start - (start - at) : other_start])
        yield from _changed(old[start:end], new[other_start:other_end])
        at = end
    if at < len(old):
        yield from (block.html for block in new[len(new) - (len(old) - at) :])


def _comparable(block: _Block) -> str:
    return block.html.strip()


def _changed(old: Sequence[_Block], new: Sequence[_Block]) -> Iterator[str]:
    for left, right in paired(
        [block.words for block in old],
        [block.words for block in new],
        [block.name for block in old],
        [block.name for block in new],
    ):
        if left is not None and right is not None:
            yield _rewritten(old[left], new[right])
        elif left is not None:
            yield _marked(old[left], "del")
        elif right is not None:
            yield _marked(new[right], "ins")


def _rewritten(before: _Block, after: _Block) -> str:
    if before.name == after.name and after.name:
        parts = _blocks(before.inner), _blocks(after.inner)
        has_blocks = any(block.name in _BLOCKS | {"li"} for side in parts for block in side)
        if after.name in _PARTS and has_blocks:
            return f"{after.opening}{''.join(_compared(*parts))}</{after.name}>{after.tail}"
        if after.name in _WORDS and not has_blocks:
            return f"{after.opening}{_words(before.inner, after.inner)}</{after.name}>{after.tail}"
    return _marked(before, "del") + _marked(after, "ins")


def _marked(block: _Block, element: str) -> str:
    if not block.words.strip() and "<" not in block.html:
        return block.html if element == "ins" else ""
    html, opening = block.html, block.opening
    inner = block.inner
    if element == "del":  # the newer text has the anchors
        html, opening, inner = _anchorless(html), _anchorless(opening), _anchorless(inner)
    if block.name in _WITHIN:
        return f"{opening}<{element}>{inner}</{element}></{block.name}>{block.tail}"
    return f"<{element}>{html}</{element}>"


def _anchorless(html: str) -> str:
    return _TAG.sub(lambda tag: _ID.sub("", tag[0]), html)


def _words(before: str, after: str) -> str:
    old, new = _pieces(before), _pieces(after)
    html: list[str] = []
    at = 0
    for start, end, other_start, other_end in _joined(edits(old, new, MOST_CELLS), old, new):
        html += new[other_start - (start - at) : other_start]
        _mark(html, [piece for piece in old[start:end] if not _is_tag(piece)], "del")
        run: list[str] = []
        for piece in new[other_start:other_end]:
            if _is_tag(piece):
                _mark(html, run, "ins")
                html.append(piece)
                run = []
            else:
                run.append(piece)
        _mark(html, run, "ins")
        at = end
    if at < len(old):
        html += new[len(new) - (len(old) - at) :]
    return "".join(html)


def _joined(
    found: list[tuple[int, int, int, int]], old: Sequence[str], new: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Changes between which only white space stayed are one."""
    joined: list[tuple[int, int, int, int]] = []
    for start, end, other_start, other_end in found:
        if joined and all(piece.isspace() for piece in old[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end, joined[-1][2], other_end)
        else:
            joined.append((start, end, other_start, other_end))
    return joined


def _mark(html: list[str], run: list[str], element: str) -> None:
    text = "".join(run)
    if text.strip():
        if element == "del":
            text = _anchorless(text)
        html.append(f"<{element}>{text}</{element}>")
    elif element == "ins":
        html.append(text)


def _is_tag(piece: str) -> bool:
    found = _TAG.match(piece)
    return found is not None and found.end() == len(piece) and (found[2] or "").lower() != "img"


def _pieces(html: str) -> list[str]:
    """Words, tags, and what counts as one word though it has elements in it."""
    pieces: list[str] = []
    at = 0
    depth, whole, whole_start = 0, "", 0
    for tag in _TAG.finditer(html):
        name = (tag[2] or "").lower()
        if depth:
            if name == whole:
                depth += -1 if tag[1] else 0 if tag[3] else 1
            if not depth:
                pieces.append(html[whole_start : tag.end()])
                at = tag.end()
            continue
        pieces += _text_pieces(html[at : tag.start()])
        at = tag.end()
        if name in _WHOLE and not tag[1] and not tag[3]:
            depth, whole, whole_start = 1, name, tag.start()
        else:
            pieces.append(tag[0])
    return pieces + _text_pieces(html[at:])


_ENTITY = re.compile(r"(&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);)")


def _text_pieces(text: str) -> list[str]:
    found: list[str] = []
    for number, part in enumerate(_ENTITY.split(text)):
        found += [part] if number % 2 else tokens(part)
    return found


def _blocks(html: str) -> list[_Block]:
    """The elements that stand side by side, and the text between them."""
    found: list[_Block] = []
    at, depth = 0, 0
    opening: re.Match[str] | None = None
    for tag in _TAG.finditer(html):
        name = (tag[2] or "").lower()
        if depth == 0 and tag.start() > at:
            _add_text(found, html[at : tag.start()])
            at = tag.start()
        if not name or name in _VOID or tag[3]:
            if depth == 0:
                found.append(_Block(tag[0], name))
                at = tag.end()
        elif tag[1]:
            depth -= 1
            if depth == 0 and opening is not None:
                inner = html[opening.end() : tag.start()]
                found.append(_Block(html[at : tag.end()], opening[2].lower(), opening[0], inner))
                at = tag.end()
        else:
            if depth == 0:
                opening = tag
            depth += 1
    if at < len(html):
        _add_text(found, html[at:])
    return found


def _add_text(found: list[_Block], text: str) -> None:
    """White space goes with what stands before it: it is no block that could stay the same."""
    if found and text.isspace():
        found[-1] = replace(found[-1], html=found[-1].html + text)
    else:
        found.append(_Block(text))
