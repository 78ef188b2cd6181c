"""Tokens to HTML in which every element is closed where it was opened, whatever raw HTML stands between."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from broadsheet.lib import embeds
from broadsheet.lib.data_table import Trouble
from broadsheet.lib.markdown import data, embedding, formulas, highlighting, listing
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.pictures import picture
from broadsheet.lib.markdown.policy import is_safe
from broadsheet.lib.markdown.raw import Tag, attributes, read
from broadsheet.lib.markdown.text import is_signed_number, plain

# Elements in elements; what is deeper loses its tags, not its text.
DEEPEST = 150

# From one note to the places that refer to it.
_MOST_WAYS_BACK = 20

# What is but a line of words, in which no paragraph can stand.
_LINES = {"summary", "h1", "h2", "h3", "h4", "h5", "h6"}

_NEAR = 5  # how far out is looked for such a line: deeper in one stands no paragraph that anybody wrote

# In these a figure may stand.
_BLOCKS_AROUND = {"article", "aside", "blockquote", "dd", "details", "div", "figure", "li", "section", "td"}

# A letter and its accents as signs of their own: few fonts put them together well.
_ACCENTED = re.compile(r"\w[\u0300-\u036f]+")

_FROM_MARKDOWN = ""  # on the stack: an element that a token opened, and only a token may close


@dataclass(slots=True)
class Fold:
    """An open `<details>`: where in what is written its content begins, and its summary, if there is one."""

    begins: int
    summary_begins: int | None = None
    summary_ends: int = 0


class Writer:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.written: list[str] = []
        # What is open, as (name, how to close it, whether it came from raw HTML).
        self.open: list[tuple[str, str, bool]] = []
        self.links = 0  # of the open ones
        self.folds: list[Fold] = []

    # -- the two walks

    def write(self, tokens: Sequence[Token]) -> str:
        """HTML for block `tokens`, not yet sanitised."""
        append, blocks = self.written.append, _BLOCKS
        end = len(tokens)
        index = 0
        while index < end:
            token = tokens[index]
            if self.page.lines and token.level == 0 and token.nesting >= 0 and token.map:
                append(self.page.place_of(token.map[0]))
            if token.type == "inline":
                self.write_inline(token.children or ())
            elif token.hidden:
                append("\n")
            elif rule := blocks.get(token.type):
                index += rule(self, token, tokens, index) or 0
            elif token.nesting > 0:
                self.start(token.tag, attributes({k: str(v) for k, v in token.attrs.items()}))
            elif token.nesting < 0:
                self.end()
                append("\n")
            index += 1
        while self.open:
            self._close()
        return "".join(self.written)

    def write_inline(self, tokens: Sequence[Token]) -> None:
        append = self.written.append
        for token in tokens:
            kind = token.type
            if kind == "text":
                append(_text(_composed(token.content)))
            elif kind == "softbreak":
                append("\n")
            elif kind == "code_inline":
                append(f"<code>{_text(token.content)}</code>")
            elif rule := _INLINES.get(kind):
                rule(self, token)
            elif token.nesting > 0:
                self.start(token.tag)
            elif token.nesting < 0:
                self.end()

    # -- what is open

    def start(self, name: str, more: str = "", *, raw: bool = False, closing: str | None = None) -> None:
        """Open an element; `closing` is written at its end when that is more than its end tag."""
        if len(self.open) >= DEEPEST or (name == "a" and self.links):
            self.start_nothing(name if raw else _FROM_MARKDOWN, raw=raw)
            return
        if name == "a":
            self.links += 1
        self.written.append(f"<{name}{more}>")
        self.open.append((name if raw else _FROM_MARKDOWN, f"</{name}>" if closing is None else closing, raw))

    def start_nothing(self, name: str = _FROM_MARKDOWN, *, raw: bool = False) -> None:
        """Stand in for an element that is left out, so that its end is left out too."""
        self.open.append((name, "", raw))

    def end(self) -> None:
        """Close what the last token opened, and before it what raw HTML left open inside."""
        while self.open and self.open[-1][2]:
            self._close()
        if self.open:
            self._close()

    def _close(self) -> None:
        closing = self.open.pop()[1]
        if closing.startswith("</a>"):
            self.links -= 1
        elif closing == "</details>":
            self._head(self.folds.pop())
        self.written.append(closing)
        if closing == "</summary>":
            self.folds[-1].summary_ends = len(self.written)

    def _head(self, fold: Fold) -> None:
        """Puts the summary in front of all else, where it belongs; a browser shows it there anyway."""
        written, begins = self.written, fold.summary_begins
        if begins is None:
            written.insert(fold.begins, f"<summary>{_text(self.page.words.details)}</summary>")
        elif any(not piece.isspace() for piece in written[fold.begins : begins]):
            summary = written[begins : fold.summary_ends]
            del written[begins : fold.summary_ends]
            written[fold.begins : fold.begins] = summary

    @property
    def is_in_a_line(self) -> bool:
        return any(is_raw and name in _LINES for name, _, is_raw in self.open[-_NEAR:])

    # -- raw HTML

    def raw(self, source: str, *, inline: bool) -> None:
        for piece in read(source, inline=inline):
            if isinstance(piece, str):
                self.written.append(piece)
            elif piece.is_end:
                self._raw_end(piece.name)
            else:
                self._raw_start(piece, inline=inline)

    def _raw_start(self, tag: Tag, *, inline: bool) -> None:
        while self.open and self.open[-1][2] and self.open[-1][0] in tag.ends:
            self._close()
        name, given = tag.name, tag.attributes
        if name == "img":
            self.written.append(picture(self.page, given, in_link=self.links > 0))
        elif name == "iframe":
            self._embedding(given.get("src", ""), inline=inline)
        elif tag.is_void or (name == "a" and "href" not in given):
            # An anchor is a place: were it left open, as it often is, no link could follow.
            self.written.append(f"{tag}</a>" if name == "a" else str(tag))
        elif name == "table" and not any(opened[0] == "table" for opened in self.open):
            self.written.append(self.table_frame())
            self.start(name, attributes(given), raw=True, closing="</table></div>")
        elif name == "pre":
            self.page.needs.add("code")
            self.start(name, attributes({"class": "code", "tabindex": "0"}), raw=True)
        elif name[0] == "h" and name[1:].isdigit():
            self._raw_heading(tag)
        elif name in ("p", "div") and self.is_in_a_line:
            self.written.append(" ")
            self.start_nothing(name, raw=True)
        elif name == "summary":
            self._summary(tag)
        elif name == "details":
            self.start(name, attributes(given), raw=True)
            if self.open[-1][1]:
                self.folds.append(Fold(len(self.written)))
        else:
            self.start(name, attributes(given), raw=True)

    def _summary(self, tag: Tag) -> None:
        """The first one right in its `<details>` is one; of another, the words stay."""
        is_one = (
            bool(self.open) and self.open[-1][1] == "</details>" and self.folds[-1].summary_begins is None
        )
        if not is_one or len(self.open) >= DEEPEST:
            self.start_nothing(tag.name, raw=True)
            return
        self.folds[-1].summary_begins = len(self.written)
        self.start(tag.name, attributes(tag.attributes), raw=True)

    def _raw_heading(self, tag: Tag) -> None:
        self.start(f"h{self.page.level(int(tag.name[1]))}", attributes(tag.attributes), raw=True)
        self.open[-1] = (tag.name, *self.open[-1][1:])  # its end tag has the level as written

    def _raw_end(self, name: str) -> None:
        for depth in range(len(self.open) - 1, -1, -1):
            opened, _, is_raw = self.open[depth]
            if not is_raw:
                return
            if opened == name:
                while len(self.open) > depth:
                    self._close()
                return

    def _embedding(self, src: str, *, inline: bool) -> None:
        """A page within the page would ask another site at once: it waits to be asked for, or is a link."""
        src = f"https:{src}" if src.startswith("//") else src
        in_a_block = not inline and all(not is_raw or name in _BLOCKS_AROUND for name, _, is_raw in self.open)
        if self.links or not src.lower().startswith(("https://", "http://")):
            return
        if in_a_block:
            found = embeds.find(src)
            made = embedding.figure(self.page, found) if found else embedding.link(self.page, src)
            self.written.append(self.page.keep(made))
        else:
            self.written.append(f'<a href="{escape(src)}">{_text(src)}</a>')

    def table_frame(self) -> str:
        self.page.tables += 1
        label = escape(self.page.words.table.format(number=self.page.tables))
        return f'<div class="table" role="region" tabindex="0" aria-label="{label}">'


def _text(content: str) -> str:
    if "&" in content:
        content = content.replace("&", "&amp;")
    if "<" in content or ">" in content:
        content = content.replace("<", "&lt;").replace(">", "&gt;")
    return content


def _composed(content: str) -> str:
    if content.isascii():
        return content
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found[0]), content)


# -- blocks: each rule may say how many tokens behind its own it has used up


def _heading(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    page = writer.page
    level, anchor, title = page.level(int(token.tag[1])), token.meta["id"], token.meta["title"]
    if token.level == 0 and level <= 3 and title:
        page.toc.append({"id": anchor, "title": title, "level": level})
    link = ""
    if title:
        label = escape(page.words.section.format(title=title))
        link = f' <a class="anchor" href="#{escape(anchor)}" aria-label="{label}">#</a>'
    writer.start(f"h{level}", f' id="{escape(anchor)}"', closing=f"{link}</h{level}>")


def _fence(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    page, asked = writer.page, listing.read(token.info)
    if data.is_data(asked):
        writer.written.append(page.keep(data.block(page, token.content, token.info, asked)) + "\n")
        return
    page.needs.add("code")
    writer.written.append(page.keep(highlighting.block(token.content, asked)) + "\n")


def _block(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    """Its HTML counts as if the writer of the text had typed it."""
    page, name = writer.page, token.info
    html = page.blocks[name](token.content, token.meta["argument"])
    if html is None:
        page.needs.add("code")
        shown = highlighting.block(token.content, listing.Listing())
        writer.written.append(page.keep(data.remark(page, Trouble("block", name=name)) + shown) + "\n")
        return
    writer.start("div", f' class="block block-{name}"')
    writer.raw(html, inline=False)
    writer.end()
    writer.written.append("\n")


def _formula(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    html = formulas.formula(token.content, display=True, tag="div")
    writer.written.append(writer.page.keep(html) + "\n")


def _rule(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.written.append("<hr>\n")


def _html(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.raw(token.content, inline=False)


def _paragraph(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> int:
    children = tokens[index + 1].children or []
    if writer.is_in_a_line:
        writer.start_nothing()
        return 0
    if tokens[index + 2].type != "paragraph_close":  # in a note, whose ways back follow
        writer.start("p")
        return 0
    if found := embedding.alone(children):
        writer.written.append(writer.page.keep(embedding.figure(writer.page, *found)) + "\n")
        return 2
    if caption := _caption(children):
        writer.start("figure")
        writer.write_inline(children)
        writer.written.append(f"<figcaption>{_text(caption)}</figcaption>")
        writer.end()
        writer.written.append("\n")
        return 2
    writer.start("p")
    return 0


def _caption(children: Sequence[Token]) -> str:
    """The title of a picture that is all there is, alone or in a link; it is taken away from the picture."""
    image = children[0] if len(children) == 1 else children[1] if len(children) == 3 else None
    if image is None or image.type != "image" or "title" not in image.attrs:
        return ""
    if len(children) == 3 and children[0].type != "link_open":
        return ""
    return str(image.attrs.pop("title"))


def _list(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    given = {"class": "tasks"} if "class" in token.attrs else {}
    if "start" in token.attrs:
        given["start"] = str(token.attrs["start"])
    writer.start(token.tag, attributes(given))
    writer.written.append("\n")


def _item(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    if "checked" not in token.meta:
        return writer.start("li")
    writer.start("li", ' class="task"')
    # No <input>: nothing can be done with it, and a form field without a label helps nobody.
    words = writer.page.words
    label, mark = (words.done, "☑") if token.meta["checked"] else (words.open, "☐")
    writer.written.append(f'<span class="checkbox" role="img" aria-label="{escape(label)}">{mark}</span> ')


def _table(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.written.append(writer.table_frame())
    writer.start("table", closing="</table></div>")
    writer.written.append("\n")


def _cell(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    given = {}
    if style := token.attrs.get("style"):
        given["class"] = "align-" + str(style).removeprefix("text-align:")
    name = token.tag
    if name == "th":
        # A corner without words is no heading of anything.
        name = "th" if tokens[index + 1].content.strip() else "td"
        if name == "th":
            given["scope"] = "col"
    if not is_signed_number(tokens[index + 1].content):
        writer.start(name, attributes(given))
        return
    writer.start(name, attributes(given), closing=f"</bdi></{name}>")
    if writer.open[-1][1]:
        writer.written.append("<bdi>")


def _callout(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.start("aside", f' class="callout callout-{token.meta["kind"]}" role="note"')


def _callout_title(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.start("p", ' class="callout-title"')
    if not tokens[index + 1].content:
        writer.written.append(_text(getattr(writer.page.words, token.meta["kind"])))


def _notes(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    label = escape(writer.page.words.footnotes)
    more = f' class="footnotes" role="doc-endnotes" aria-label="{label}"'
    writer.start("section", more, closing="</ol></section>")
    writer.written.append("<ol>\n")


def _note(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    writer.start("li", f' id="fn-{token.meta["id"] + 1}"')


def _way_back(writer: Writer, token: Token, tokens: Sequence[Token], index: int) -> None:
    if token.meta["subId"] >= _MOST_WAYS_BACK:
        return
    number = _reference(token)
    label = escape(writer.page.words.back.format(number=number))
    writer.written.append(
        f' <a class="footnote-back" role="doc-backlink" href="#fnref-{number}"'
        f' aria-label="{label}">\u21a9\ufe0e</a>'
    )


def _reference(token: Token) -> str:
    """`2` for the first reference to the second note, `2-2` for the next one to the same."""
    again = token.meta.get("subId", 0)
    return f"{token.meta['id'] + 1}" + (f"-{again + 1}" if again > 0 else "")


_BLOCKS: dict[str, Callable[[Writer, Token, Sequence[Token], int], int | None]] = {
    "heading_open": _heading,
    "paragraph_open": _paragraph,
    "fence": _fence,
    "block": _block,
    "code_block": _fence,
    "html_block": _html,
    "hr": _rule,
    "bullet_list_open": _list,
    "ordered_list_open": _list,
    "list_item_open": _item,
    "table_open": _table,
    "th_open": _cell,
    "td_open": _cell,
    "callout_open": _callout,
    "callout_title_open": _callout_title,
    "math_block": _formula,
    "footnote_block_open": _notes,
    "footnote_open": _note,
    "footnote_anchor": _way_back,
}


# -- inlines


def _link(writer: Writer, token: Token) -> None:
    given = {"href": str(token.attrs.get("href", ""))}
    if "title" in token.attrs:
        given["title"] = str(token.attrs["title"])
    if is_safe(given["href"]):
        writer.start("a", attributes(given))
    else:
        writer.start_nothing()


def _image(writer: Writer, token: Token) -> None:
    given = {"src": str(token.attrs.get("src", "")), "alt": plain(token.children or ())}
    if "title" in token.attrs:
        given["title"] = str(token.attrs["title"])
    writer.written.append(picture(writer.page, given, in_link=writer.links > 0))


def _break(writer: Writer, token: Token) -> None:
    writer.written.append("<br>\n")


def _raw_inline(writer: Writer, token: Token) -> None:
    writer.raw(token.content, inline=True)


def _small_formula(writer: Writer, token: Token) -> None:
    writer.written.append(writer.page.keep(formulas.formula(token.content, display=False)))


def _large_formula(writer: Writer, token: Token) -> None:
    writer.written.append(writer.page.keep(formulas.formula(token.content, display=True, tag="span")))


def _note_reference(writer: Writer, token: Token) -> None:
    number, note = _reference(token), token.meta["id"] + 1
    page = writer.page
    page.ids.update((f"fn-{note}", f"fnref-{number}"))
    if writer.links:  # a link within a link is none; the number alone still tells
        writer.written.append(f'<sup class="footnote-reference" id="fnref-{number}">{note}</sup>')
        return
    label = escape(page.words.footnote.format(number=note))
    writer.written.append(
        f'<sup class="footnote-reference"><a role="doc-noteref" id="fnref-{number}" href="#fn-{note}"'
        f' aria-label="{label}">{note}</a></sup>'
    )


_INLINES: dict[str, Callable[[Writer, Token], None]] = {
    "link_open": _link,
    "image": _image,
    "hardbreak": _break,
    "html_inline": _raw_inline,
    "math_inline": _small_formula,
    "math_inline_double": _large_formula,
    "footnote_ref": _note_reference,
}
