"""A post."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from broadsheet.extensions import db
from broadsheet.models import Correction, Post
from broadsheet.models.series_part import Part
from broadsheet.models.story import Article
from broadsheet.web.addresses import moved
from broadsheet.web.markdown_source import source, source_address
from broadsheet.web.translations import translations_of

blueprint = Blueprint("posts", __name__, url_prefix="/post")


@blueprint.get("/<int:id>")
def short(id: int) -> ResponseReturnValue:
    post = db.one_or_404(Post.visible_to(current_user).where(Post.id == id))
    return moved(post.path)


@blueprint.get("/<int:id>.md")
def short_markdown(id: int) -> ResponseReturnValue:
    post = db.one_or_404(Post.visible_to(current_user).where(Post.id == id))
    return moved(source_address(post))


@blueprint.get("/<int:id>/<slug>.md")
def markdown(id: int, slug: str) -> ResponseReturnValue:
    query = Post.visible_to(current_user).where(Post.id == id).options(*Post.for_a_page())
    post = db.session.scalars(query).unique().one_or_none() or abort(404)
    return source(post) if request.path == source_address(post) else moved(source_address(post))


@blueprint.get("/<int:id>/<slug>")
def show(id: int, slug: str) -> ResponseReturnValue:
    """Whoever may edit a post sees it before others do, with a note that says so."""
    post = Article.visible_to(current_user, id) or abort(404)
    if request.path != post.path:
        return moved(post.path)
    part = Part.of(post)
    return render_template(
        "posts/show.html",
        post=post,
        translations=translations_of(post, post.translations),
        corrections=Correction.told_with(post) if post.is_corrected else [],
        part=part,
        older=post.older,
        newer=post.newer,
        next_posts=post.next_posts(part),
    )
