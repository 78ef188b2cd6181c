"""The search of readers."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from broadsheet.blueprints.api.listing import wanted_number, wrong
from broadsheet.blueprints.api.operations import FIELDS, Parameter, operation, shown
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE, address
from broadsheet.extensions import limiter
from broadsheet.lib.searching import LONGEST
from broadsheet.web.pagination import LAST_PAGE
from broadsheet.web.searching import OFTEN_ENOUGH, search

blueprint = Blueprint("search", __name__, url_prefix="/search")

PIECE = Representation(
    "Piece",
    "A part of a text; the parts in their order are the whole.",
    (
        attribute("text", str),
        attribute("is_marked", bool, "Whether it is what was looked for."),
    ),
)
FOUND = Representation(
    "Found",
    "A post that was found.",
    (
        attribute("id", int, get=lambda one: one.post.id),
        attribute("url", str, get=lambda one: address(one.post)),
        attribute("title", [PIECE]),
        attribute("snippet", [PIECE], "What of it shows most of the words."),
        attribute("published_at", datetime, get=lambda one: one.post.published_at),
        attribute("language", str, "BCP 47; empty: as the site.", get=lambda one: one.post.language),
        attribute("authors", [BYLINE], get=lambda one: list(one.post.authors)),
    ),
)
FINDS = Representation(
    "Finds",
    "A page of what was found, the best first.",
    (
        attribute("items", [FOUND], get=lambda one: one.finds.items),
        attribute("next", str, "The address of the next page.", get=lambda one: next_page(one), or_null=True),
        attribute("advice", [str], "What in the question makes no sense, in words."),
        attribute("suggestion", str, "What else to ask, where nothing was found; may be empty."),
        attribute("older", str, "What to ask for older posts than were looked at; empty: that is all."),
    ),
)


@blueprint.get("")
@operation(
    "Search posts",
    description="As readers do: all words are to be there; “quoted ones” stand together; a star lets a word "
    "go on; tag:, author:, before: and after: narrow it.",
    gives=FINDS,
    parameters=(
        Parameter(
            "q",
            "What is looked for.",
            {"type": "string", "pattern": r"\S", "maxLength": LONGEST, "examples": ["harbour"]},
            required=True,
        ),
        Parameter("page", "Which page.", {"type": "integer", "minimum": 1, "default": 1}),
        FIELDS,
    ),
)
@limiter.limit(OFTEN_ENOUGH, error_message="Too many searches came from this address. Try again later.")
def index() -> dict[str, Any]:
    if not request.args.get("q", "").strip():
        raise wrong("q", "Say what to look for.")
    if len(request.args["q"]) > LONGEST:
        raise wrong("q", f"Write {LONGEST} characters at most.")
    return shown(FINDS, search(request.args["q"], page=asked_page()))


def asked_page() -> int:
    return wanted_number("page", 1, 1, LAST_PAGE)


def next_page(found: Any) -> str | None:
    if not found.finds.has_next:
        return None
    return f"{request.base_url}?{urlencode({**request.args.to_dict(), 'page': found.finds.page + 1})}"
