"""What goes into the pipeline beside the text, and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from broadsheet.lib.markdown.troubles import TROUBLES


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of this site, as `resolve` finds it: its address, and its size in CSS pixels if known.

    `sort`      picture, film, sound or document
    `size`      bytes
    `sources`   of a picture that is offered in several sizes and kinds: media types, each with its `srcset`
    `fallback`  the address for browsers that know none of these; `src` if there is none
    """

    src: str
    width: int | None = None
    height: int | None = None
    sort: str = "picture"
    size: int = 0
    sources: tuple[tuple[str, str], ...] = ()
    fallback: str = ""


STILL = "still:"  # before the address of another site's picture, when `resolve` is asked for our copy of it

Resolve = Callable[[str], Resource | None]


# Both are stored as JSON, hence plain dicts.
Heading = dict[str, Any]  # one line of the contents: `id` without `#`, plain `title`, `level` 2 or 3
# `src`, `width` and `height` (CSS pixels or None), `alt`; of one in several sizes also `sources`, `fallback`
Picture = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered text; plain data, so that it travels between processes.

    `html`        sanitised; headings from h2 down, without skipped levels
    `toc`         the h2 and h3 that stand outside quotations and lists, in order
    `excerpt`     plain text of the first paragraphs, at most 200 characters, cut after a word
    `word_count`  words of the text with headings, tables and notes; fenced code and displayed math do not.
                  Scripts without spaces: two Han or kana signs are a word, or five Thai, Lao, Khmer or
                  Burmese letters
    `links`       addresses linked to, in order, without those inside the same text (`#…`)
    `images`      addresses of pictures as written, of other sites too, in order
    `picture`     the first picture of this site; when `resolve` is given, the first that it knows
    `needs`       what it has that not every page carries the style and scripts for, in the order of the
                  alphabet: `chart`, `code`, `data` (a table that can be sorted), `embed`
    `frames`      the hosts from which a reader may load something into a frame
    `stills`      addresses of pictures of these, which this site does not keep yet
    `troubles`    what could not be shown as it was meant, in sentences
    `undescribed` addresses of pictures without alternative text that are not said to be decorative, in order
    """

    html: str
    toc: list[Heading]
    excerpt: str
    word_count: int
    links: list[str]
    images: list[str]
    picture: Picture | None
    undescribed: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    stills: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that the pipeline itself writes; a caller passes them in the language of the text.

    Those with a field are `str.format` patterns.
    """

    note: str = "Note"
    tip: str = "Tip"
    important: str = "Important"
    warning: str = "Warning"
    caution: str = "Caution"
    section: str = "Link to “{title}”"
    footnotes: str = "Footnotes"
    footnote: str = "Footnote {number}"
    back: str = "Back to reference {number}"
    table: str = "Table {number}"
    done: str = "Done"
    open: str = "Not done"
    picture: str = "Picture"
    film: str = "Film"
    sound: str = "Sound"
    details: str = "Details"

    locale: str = "en"  # for numbers and dates, as Babel names it
    chart: str = "Chart {number}"
    chart_bar: str = "Bar chart"
    chart_line: str = "Line chart"
    chart_dot: str = "Dot chart"
    chart_stacked: str = "Stacked bar chart"
    chart_about: str = "{kind}: {series}; from {first} to {last}. Least: {least}. Most: {most}."
    chart_data: str = "Data as a table"
    troubles: Mapping[str, str] = field(default_factory=lambda: TROUBLES)
