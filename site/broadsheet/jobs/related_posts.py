"""Which posts are related to one that has become public, or has changed."""

from broadsheet.extensions import db
from broadsheet.models import Post, RelatedPost


def reckon(post_id: int) -> None:
    if post := db.session.get(Post, post_id):
        RelatedPost.reckon(post)
