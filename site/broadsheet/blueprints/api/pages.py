"""Pages."""

from flask import Blueprint

from broadsheet.blueprints.api import (
    contents,
    held_changes,
    notes,
    preview_links,
    publications,
    reviews,
    revisions,
    trash,
)
from broadsheet.blueprints.api.operations import Parameter
from broadsheet.models import Page

blueprint = Blueprint("pages", __name__, url_prefix="/pages")

contents.put_on(
    blueprint,
    Page,
    filters={
        "language": lambda kind, tag: kind.language == tag,
        "slug": lambda kind, slug: kind.slug == slug,
    },
    parameters=(Parameter("language", "BCP 47."), Parameter("slug", "The address, without the slash.")),
)
for noun in (publications, held_changes, trash, revisions, reviews, notes, preview_links):
    noun.put_on(blueprint, Page)
