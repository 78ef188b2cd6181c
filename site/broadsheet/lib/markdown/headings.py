"""Names of headings, so that they can be linked to."""

import itertools
import re
from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.policy import local_id
from broadsheet.lib.markdown.text import plain
from broadsheet.lib.slugs import slugify

# `## Title {#id}`, as Pandoc, kramdown, Hugo and Zola read it.
_WRITTEN_ID = re.compile(r"[ \t]+\{#([^\s{}#]{1,120})\}[ \t]*$")
_RAW_ID = re.compile(r"""[\s"'](?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_GITHUB_DROPS = re.compile(r"[^\w\- ]")


def written_ids(state: StateCore) -> None:
    """Core rule after `block`: takes `{#id}` off the headings' ends, before the inline text is read."""
    if "{#" not in state.src:
        return
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type == "heading_open" and (match := _WRITTEN_ID.search(inline.content)):
            heading.meta["id"] = match.group(1)
            inline.content = inline.content[: match.start()]


def name(tokens: Sequence[Token], page: Page) -> None:
    """Give every heading of `tokens` a title and a unique id (in `meta`); note what other engines call it."""
    for content in _raw(tokens):
        for match in _RAW_ID.finditer(content):
            if anchor := local_id(match.group(1) or match.group(2) or match.group(3) or ""):
                page.ids.add(anchor)
    counts: dict[str, int] = {}
    headings = [(a, b) for a, b in itertools.pairwise(tokens) if a.type == "heading_open"]
    for heading, inline in headings:
        title = plain(inline.children or ())
        wanted = local_id(heading.meta.get("id", "")) or slugify(title) or "section"
        heading.meta["title"] = title
        heading.meta["id"] = _unique(wanted, page, counts)
    for heading, _ in headings:
        for alias in _other_spellings(heading.meta["title"]):
            page.aliases.setdefault(alias, heading.meta["id"])


def _raw(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            yield token.content
        elif token.children and "<" in token.content:
            yield from _raw(token.children)


def _unique(wanted: str, page: Page, counts: dict[str, int]) -> str:
    found = local_id(wanted)
    candidate = wanted if found == wanted else ""
    while not candidate or candidate in page.ids:
        counts[wanted] = counts.get(wanted, 0) + 1
        candidate = f"{wanted}-{counts[wanted]}"
        if local_id(candidate) != candidate:
            candidate = f"text-{candidate}"
    page.ids.add(candidate)
    return candidate


def _other_spellings(title: str) -> Iterator[str]:
    yield slugify(title, 300)
    # GitHub, and much the same in kramdown and Hugo: punctuation falls away, each space is a hyphen.
    yield _GITHUB_DROPS.sub("", title.strip().lower()).replace(" ", "-")
    # Zola and others: every run of what is no letter or digit is a hyphen, apostrophes too.
    yield slugify(title.replace("'", "-").replace("’", "-"), 300)
