"""Posts."""

from flask import Blueprint

from broadsheet.blueprints.api import (
    contents,
    corrections,
    held_changes,
    notes,
    pins,
    preview_links,
    publications,
    reviews,
    revisions,
    trash,
)
from broadsheet.blueprints.api.operations import Parameter
from broadsheet.extensions import db
from broadsheet.models import Post, Series, Tag

blueprint = Blueprint("posts", __name__, url_prefix="/posts")

contents.put_on(
    blueprint,
    Post,
    filters={
        "tag": lambda kind, name: kind.id.in_(Post.ids_tagged(Tag.slug_of(name))),
        "author": lambda kind, name: kind.with_byline_of(name),
        "series": lambda kind, slug: Post.series_id.in_(db.select(Series.id).where(Series.slug == slug)),
        "language": lambda kind, tag: kind.language == tag,
        "slug": lambda kind, slug: kind.slug == slug,
    },
    parameters=(
        Parameter("tag", "By name or slug."),
        Parameter("author", "By username or name."),
        Parameter("series", "By slug."),
        Parameter("language", "BCP 47."),
        Parameter("slug", "The last part of the address."),
    ),
)
for noun in (publications, held_changes, trash, revisions, reviews, notes, preview_links):
    noun.put_on(blueprint, Post)
corrections.put_on(blueprint)
pins.put_on(blueprint)
