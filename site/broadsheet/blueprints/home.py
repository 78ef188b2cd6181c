"""The front page."""

from flask import Blueprint, render_template

from broadsheet.models import Post, PostList
from broadsheet.web.current_site import site
from broadsheet.web.pagination import paginate_stories

blueprint = Blueprint("home", __name__)

BESIDE = 3


@blueprint.get("/")
def index() -> str:
    pagination = paginate_stories(
        PostList.of_listed(pinned_first=True), site.posts_per_page, order=Post.front_page_order
    )
    posts = list(pagination.items)
    lead, beside = None, []
    if pagination.page == 1 and posts:
        lead, beside, posts = posts[0], posts[1 : 1 + BESIDE], posts[1 + BESIDE :]
    return render_template("home/index.html", lead=lead, beside=beside, posts=posts, pagination=pagination)
