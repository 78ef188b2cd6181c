"""A person: who writes here, and what."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db
from broadsheet.models import Post, PostList, User
from broadsheet.web.addresses import moved
from broadsheet.web.current_site import site
from broadsheet.web.pagination import paginate, paginate_stories

blueprint = Blueprint("people", __name__)


AT_ONCE = 100  # people that a page lists


@blueprint.get("/authors")
def index() -> str:
    """Those who have published something, by name."""
    people = paginate(User.listed().options(joinedload(User.avatar)), AT_ONCE)
    return render_template("people/index.html", pagination=people, counts=Post.count_public(people.items))


@blueprint.get("/user/<username>")
def show(username: str) -> ResponseReturnValue:
    query = User.with_page().where(User.username == username.lower())
    person = db.one_or_404(query.options(joinedload(User.avatar)))
    if username != person.username:
        return moved(url_for("people.show", username=person.username))
    pagination = paginate_stories(PostList.by(person), site.posts_per_page)
    return render_template("people/show.html", person=person, pagination=pagination)
