"""The CommonMark 0.31 examples, taken at test time from the npm package `commonmark-spec`.

Two runs: the parser alone must agree with every example; the whole pipeline must agree with all that are not
listed in DIFFERENT, each with its reason, once what it adds (ids, anchors, classes, levels) is set aside.
"""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from broadsheet.lib import markdown
from broadsheet.lib.markdown import syntax

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    os.environ.get("BROADSHEET_COMMONMARK_SPEC", ""),
    str(ROOT / ".cache" / "node_modules" / "commonmark-spec"),
    str(ROOT / "node_modules" / "commonmark-spec"),
)
EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.DOTALL | re.MULTILINE)

# What the parser's own tests set aside too: an empty quotation is written without a line feed.
EMPTY_QUOTATION = ("<blockquote></blockquote>", "<blockquote>\n</blockquote>")

RAW = "raw HTML: what is not allowed is dropped, and what is left open is closed where its container ends"
UNKNOWN = "a tag of no known element, or an anchor without address, is shown or closed in place of left open"
SCHEME = "a link whose scheme is not allowed is plain text"
BARE = "a bare address becomes a link (GFM)"
FIGURE = "a picture with a title that stands alone is a figure with a caption"
LISTING = "code whose language is known says so in a caption"
DIFFERENT: dict[int, str] = {
    **dict.fromkeys(
        (21, 31, 148, 149, 150, 151, 155, 160, 163, 165, 170, 171, 172, 173, 174, 175, 176, 178), RAW
    ),
    **dict.fromkeys((180, 184, 187, 190, 191, 344, 475, 476, 477, 494, 626, 630, 631, 642, 643), RAW),
    **dict.fromkeys((201, 491, 524, 536, 613, 614, 615, 616, 617, 623), UNKNOWN),
    **dict.fromkeys((598, 599, 601), SCHEME),
    **dict.fromkeys((608, 611, 612), BARE),
    **dict.fromkeys((572, 573, 576, 577, 584, 585, 586, 588, 589, 591), FIGURE),
    **dict.fromkeys((24, 34, 142, 143, 146), LISTING),
}


def spec() -> list[tuple[int, str, str]]:
    for place in PLACES:
        file = Path(place) / "spec.txt"
        if place and file.is_file():
            text = file.read_text(encoding="utf-8").replace("→", "\t")
            return [(number, *match.groups()) for number, match in enumerate(EXAMPLE.finditer(text), 1)]
    return []


EXAMPLES = spec()
needs_spec = pytest.mark.skipif(
    not EXAMPLES,
    reason="the examples of the CommonMark specification are not here; to get it: "
    "npm install --no-save commonmark-spec",
)
PARSER = syntax.core()


@needs_spec
def test_all_examples_are_found():
    assert len(EXAMPLES) == 652


@needs_spec
@pytest.mark.parametrize(
    ("number", "source", "html"), EXAMPLES, ids=[str(example[0]) for example in EXAMPLES]
)
def test_parser_agrees(number, source, html):
    assert PARSER.render(source).replace(*EMPTY_QUOTATION) == html


@needs_spec
@pytest.mark.parametrize(
    ("number", "source", "html"), EXAMPLES, ids=[str(example[0]) for example in EXAMPLES]
)
def test_pipeline_agrees_or_differs_for_a_reason(number, source, html):
    agrees = normal(markdown.render(source).html) == normal(expected(html))
    if number in DIFFERENT:
        assert not agrees, f"example {number} agrees by now: take it off the list ({DIFFERENT[number]})"
    else:
        assert agrees, f"{source!r}\n{markdown.render(source).html!r}\n{html!r}"


def expected(html: str) -> str:
    """With the levels of headings as the pipeline gives them: from h2, as nested as written."""
    open_levels: list[int] = []

    def level(match: re.Match[str]) -> str:
        written = int(match.group(1))
        while open_levels and open_levels[-1] >= written:
            open_levels.pop()
        open_levels.append(written)
        shown = min(len(open_levels) + 1, 6)
        return f"<h{shown}>{match.group(2)}</h{shown}>"

    return re.sub(r"<h([1-6])>(.*?)</h\1>", level, html, flags=re.DOTALL)


class Normal(HTMLParser):
    """What matters of a piece of HTML, as a list; what the pipeline adds by design is left out."""

    BLOCKS = {
        "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "div", "table", "tr",
        "td", "th",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.text = ""
        self.is_anchor = self.is_code = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("class") == "anchor":
            self.is_anchor = True
            return
        kept = {
            name: value for name, value in given.items() if name in ("href", "src", "alt", "title", "start")
        }
        if tag == "span" and not given:
            return
        if tag != "span" or not self.is_code:
            self.mark(tag, f"<{tag} {sorted(kept.items())}>")
        self.is_code = self.is_code or tag == "pre"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if self.is_anchor:
            self.is_anchor = False
        elif tag != "span" or not self.is_code:
            self.mark(tag, f"</{tag}>")
        if tag == "pre":
            self.is_code = False

    def handle_data(self, data):
        if not self.is_anchor:
            self.text += data if self.is_code else re.sub(r"\s+", " ", data)

    def mark(self, tag, part):
        if tag in self.BLOCKS and not self.is_code:
            self.text = self.text.strip()
        elif tag in self.BLOCKS:
            self.text = self.text.rstrip("\n") if part.startswith("</") else self.text
        self.flush()
        self.parts.append(part)

    def flush(self):
        if text := self.text if self.is_code else self.text.strip(" "):
            self.parts.append(text)
        self.text = ""


def normal(html: str) -> list[str]:
    parser = Normal()
    parser.feed(html)
    parser.close()
    parser.flush()
    return parser.parts
