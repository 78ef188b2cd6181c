"""What revisions and the difference of two look like."""

from datetime import datetime

from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.lib.diffing import Change
from broadsheet.models import Reason

SAVE = (
    attribute("id", int, "Its number, which never changes."),
    attribute("version", int, "Rises with each save. Of an autosave: the version on which it builds."),
    attribute("reason", Reason, "Why it was kept."),
    attribute(
        "milestone", str, "The name by which somebody wants to find it; else empty.", get=lambda one: one.name
    ),
    attribute("created_at", datetime),
    attribute("author", BYLINE, "Who saved it.", or_null=True),
    attribute("title", str),
)
REFERENCE = Representation("RevisionReference", "A save, without what it said.", SAVE)
REVISION = Representation(
    "Revision",
    "What a post or page said when it was saved once.",
    (
        *SAVE,
        attribute("summary", str, large=True),
        attribute("body", str, "Markdown.", large=True),
        attribute("slug", str),
        attribute("language", str, "BCP 47; empty: as the site."),
        attribute("tags", [str], "By name.", get=lambda one: list(one.tags or [])),
        attribute("authors", [str], "By username.", get=lambda one: list(one.authors or [])),
    ),
)

PART = Representation(
    "Words",
    "Some words of a line.",
    (attribute("change", Change, "`same`, `removed` or `added`."), attribute("text", str)),
)
LINE = Representation(
    "Line",
    "A line of either text.",
    (
        attribute("change", Change, "`left-out`: so many lines are the same, and far from any change."),
        attribute("text", str, "As it is now; of a line that is gone, as it was."),
        attribute("count", int, "How many lines are left out; else 1."),
        attribute(
            "parts",
            [PART],
            "Of a line that changed: its words, before and after.",
            get=lambda one: list(one.parts),
        ),
    ),
)
PARTICULAR = Representation(
    "Particular",
    "What differs beside the text, in words.",
    (
        attribute("name", str, "Of the attribute."),
        attribute("label", str, "As the desk calls it."),
        attribute("then", str),
        attribute("now", str),
    ),
)
COMPARISON = Representation(
    "Comparison",
    "What leads from one revision to another one.",
    (
        attribute("from", REFERENCE, get=lambda one: one.old),
        attribute("to", REFERENCE, get=lambda one: one.new),
        attribute("lines", [LINE], "Of the Markdown; none if it is the same."),
        attribute("html", str, "As readers see it, with <ins> and <del>; empty if it reads the same."),
        attribute("particulars", [PARTICULAR]),
    ),
)
