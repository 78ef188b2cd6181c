"""Posts."""

from flask import Blueprint

from broadsheet.blueprints.api import contents, held_changes, pins, publications, trash
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
for noun in (publications, held_changes, trash):
    noun.put_on(blueprint, Post)
pins.put_on(blueprint)
