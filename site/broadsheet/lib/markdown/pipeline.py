"""From the text to the Document."""

import re
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from broadsheet.lib.markdown import headings, syntax, text
from broadsheet.lib.markdown.blocks import NO_BLOCKS, Blocks
from broadsheet.lib.markdown.counting import count_words
from broadsheet.lib.markdown.document import Document, Resolve, Words
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.sanitiser import clean
from broadsheet.lib.markdown.writer import Writer

# Characters that neither HTML nor the XML of feeds may hold.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")
_ENGLISH = Words()
_PARSER = syntax.with_extensions()


def render(
    source: str,
    *,
    resolve: Resolve | None = None,
    words: Words = _ENGLISH,
    lines: bool = False,
    remarks: bool = False,
    blocks: Blocks = NO_BLOCKS,
) -> Document:
    """Render the Markdown `source`.

    `resolve(src)` is asked for each picture, with the address as written (percent-encoded), and returns a
    Resource when it is a picture of this site, else None. `words` are those of the text's language. With
    `lines` each outermost block says as `data-line` in which line of the source it begins, the first being 0;
    with `remarks` what cannot be shown is told before its block, for the writer alone. `blocks` make the HTML
    of what stands between `::: name` and `:::`.
    Raises nothing of its own for any text; what `resolve` raises goes through.
    """
    source = _CONTROLS.sub("", source).encode("utf-8", "replace").decode("utf-8")
    page = Page(resolve, words, lines=lines, remarks=remarks, blocks=blocks)
    tokens = _parse(source, blocks)
    headings.name(tokens, page)
    html = clean(Writer(page).write(tokens), page)
    return Document(
        html=_with_pieces(html, page),
        toc=page.toc,
        excerpt=text.excerpt(tokens),
        word_count=count_words(source),
        links=page.links,
        images=page.images,
        picture=page.picture,
        undescribed=page.undescribed,
        needs=sorted(page.needs),
        frames=sorted(page.frames),
        stills=page.stills,
        troubles=page.troubles,
    )


@cache
def _parser_with_blocks() -> MarkdownIt:
    return syntax.with_blocks()


def _parse(source: str, blocks: Blocks) -> list[Token]:
    try:
        if blocks:
            return _parser_with_blocks().parse(source, {"blocks": blocks})
        return _PARSER.parse(source)
    except RecursionError:
        # The guards of syntax.py keep well within Python's default limit; a caller deep in its own stack may
        # not.
        return [Token("html_block", "", 0, content=f"<pre>{escape(source)}</pre>")]


def _with_pieces(html: str, page: Page) -> str:
    if page.pieces:
        html = re.sub(page.nonce + r"(\d+)\.", lambda match: page.pieces[int(match.group(1))], html)
    if page.lines:
        html = re.sub(page.nonce + r"@(\d+)\.\s*<(\w+)", r'<\2 data-line="\1"', html)
        html = re.sub(page.nonce + r"@\d+\.", "", html)
    return html
