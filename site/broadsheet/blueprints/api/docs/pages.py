"""An index of all calls, which can be searched, and a page for each noun."""

import re
from functools import cache

from flask import Blueprint, abort, current_app, render_template, request
from markupsafe import Markup, escape

from broadsheet.blueprints.api.docs.reading import Call, Noun, nouns, shapes_of
from broadsheet.blueprints.api.document import document
from broadsheet.blueprints.api.document.introduction import introduction
from broadsheet.blueprints.api.openapi import server
from broadsheet.lib import markdown
from broadsheet.lib.markdown.document import Heading
from broadsheet.lib.markdown.highlighting import block
from broadsheet.lib.markdown.listing import Listing
from broadsheet.web.headers import know_query

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/docs")

LONGEST = 100
CODE = re.compile(r"`([^`]+)`")


@blueprint.get("")
def index() -> str:
    know_query("q")
    q = asked()
    return render_template(
        "api_docs/index.html",
        q=q,
        found=found(q),
        sections=sections(q),
        introduction=introduced(),
        longest=LONGEST,
        server=server(),
    )


@blueprint.get("/results")
def results() -> str:
    """The part of the index that changes while somebody types."""
    know_query("q")
    q = asked()
    return render_template("api_docs/_results.html", q=q, found=found(q), sections=sections(q))


@blueprint.get("/<noun>")
def show(noun: str) -> str:
    every = known()
    current = next((one for one in every if one.name == noun), None)
    if current is None:
        abort(404)
    return render_template(
        "api_docs/show.html", noun=current, nouns=every, shapes=shapes_of(told(), current), server=server()
    )


def told() -> dict[str, object]:
    return document(current_app._get_current_object())


def known() -> list[Noun]:
    return nouns(told(), server())


def asked() -> str:
    return " ".join(request.args.get("q", "")[:LONGEST].split())


def found(q: str) -> list[tuple[Noun, list[Call]]]:
    """The nouns with their calls that have all of these words; those whose summary has them come first."""
    words = q.casefold().split()

    def rank(call: Call) -> bool:
        return not set(words) <= set(call.summary.casefold().split())

    every = [
        (noun, sorted((call for call in noun.calls if has(call.haystack, words)), key=rank))
        for noun in known()
    ]
    return sorted([(noun, calls) for noun, calls in every if calls], key=lambda one: rank(one[1][0]))


def sections(q: str) -> list[Heading]:
    """The headings of the introduction under which all of these words stand."""
    words = q.casefold().split()
    if not words:
        return []
    _before, *texts = introduction().casefold().split("\n## ")
    headings = [one for one in introduced().toc if one["level"] == 2]
    return [heading for heading, text in zip(headings, texts, strict=True) if has(text, words)]


def has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


@cache
def introduced() -> markdown.Document:
    return markdown.render(introduction())


@blueprint.app_template_filter()
def in_words(text: str) -> Markup:
    """A description of the document: its code is between backticks."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped just here


@blueprint.app_template_filter()
def as_code(text: str, language: str) -> Markup:
    return Markup(block(text, Listing(language)))  # noqa: S704  what highlights escapes


@blueprint.app_template_filter()
def with_breaks(path: str) -> Markup:
    """It may be broken behind each slash."""
    return Markup("/<wbr>").join(path.split("/"))
