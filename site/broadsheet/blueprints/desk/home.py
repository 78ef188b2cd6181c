"""Today: where the desk starts. What is read, what waits, how the house stands; the numbers are live."""

from typing import Any

from flask import render_template
from flask_login import current_user
from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import defer, selectinload

from broadsheet.blueprints.desk.condition import findings
from broadsheet.blueprints.desk.event_words import told
from broadsheet.blueprints.desk.figures import figures
from broadsheet.extensions import db
from broadsheet.models import Ability, Event, Message, Post, PostAuthor, Submission
from broadsheet.models.content import State

SHOWN = 5


def show() -> str:
    return render_template(
        "desk/home.html",
        **what_waits(),
        has_posts=db.session.scalar(db.select(Post.editable_by(current_user).exists())),
        may_change_settings=current_user.can(Ability.CHANGE_SETTINGS),
        may_invite=current_user.can(Ability.MANAGE_PEOPLE),
        events=told(few(latest_events())),
    )


def update() -> str:
    """What of the page changes by itself, for static/js/live.js."""
    return render_template("desk/today/_update.html", **what_waits())


def what_waits() -> dict[str, Any]:
    reads_incoming = current_user.can(Ability.READ_INCOMING)
    return {
        **texts(),
        "figures": figures(),
        "messages": few(Message.newest_first().where(Message.is_unread())) if reads_incoming else [],
        "submissions": few(waiting_submissions()) if reads_incoming else [],
        "reads_incoming": reads_incoming,
        "findings": findings() if current_user.can(Ability.CHANGE_SETTINGS) else [],
    }


def few(query: Select[Any]) -> list[Any]:
    return list(db.session.scalars(query.limit(SHOWN)))


def texts() -> dict[str, list[Post]]:
    """Drafts, what waits for review and what is scheduled, a few of each: in three queries altogether."""
    parts: dict[str, tuple[Any, Any]] = {
        "drafts": (Post.in_state(State.DRAFT), Post.updated_at.desc()),
        "reviews": (Post.in_state(State.IN_REVIEW), Post.review_requested_at.asc()),
        "scheduled": (Post.in_state(State.SCHEDULED), Post.published_at.asc()),
    }
    few_of_each = [
        (name, _ids(condition).order_by(order).limit(SHOWN).subquery())
        for name, (condition, order) in parts.items()
    ]
    chosen = db.session.execute(
        union_all(*(select(literal(name).label("part"), ids.c.id) for name, ids in few_of_each))
    ).all()
    posts = Post.editable_by(current_user).where(Post.id.in_([id for _part, id in chosen]))
    options = (defer(Post.body), defer(Post.html), defer(Post.toc))
    names = selectinload(Post.authorships).joinedload(PostAuthor.user)
    by_id = {post.id: post for post in db.session.scalars(posts.options(*options, names))}
    found: dict[str, list[Post]] = {name: [] for name in parts}
    for part, id in chosen:
        found[part].append(by_id[id])
    found["drafts"].sort(key=lambda post: post.updated_at, reverse=True)
    found["reviews"].sort(key=lambda post: post.review_requested_at or post.updated_at)
    found["scheduled"].sort(key=lambda post: post.published_at or post.updated_at)
    return found


def _ids(condition: Any) -> Select[Any]:
    return Post.editable_by(current_user).with_only_columns(Post.id).where(condition)


def waiting_submissions() -> Select[Any]:
    return Submission.newest_first().where(Submission.is_waiting())


def latest_events() -> Select[Any]:
    """What was done to the posts that the person may edit."""
    latest = Event.newest_first().where(Event.subject_kind == "post")
    if current_user.can(Ability.EDIT_ALL_POSTS):
        return latest.where(Event.subject_id.is_not(None))
    posts = Post.editable_by(current_user).with_only_columns(Post.id)
    return latest.where(Event.subject_id.in_(posts))
