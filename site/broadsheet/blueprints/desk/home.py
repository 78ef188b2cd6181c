"""Today: where the desk starts, with what waits."""

from typing import Any

from flask import render_template
from flask_login import current_user
from sqlalchemy import Select

from broadsheet.blueprints.desk.deeds import told
from broadsheet.extensions import db
from broadsheet.models import Ability, Event, Message, Post, Submission
from broadsheet.models.content import State

SHOWN = 5


def show() -> str:
    reads_incoming = current_user.can(Ability.READ_INCOMING)
    return render_template(
        "desk/home.html",
        drafts=few(in_state(State.DRAFT).order_by(Post.updated_at.desc())),
        scheduled=few(in_state(State.SCHEDULED).order_by(Post.published_at)),
        messages=few(Message.newest_first().where(Message.is_unread())) if reads_incoming else [],
        submissions=few(waiting_submissions()) if reads_incoming else [],
        events=told(few(latest_events())),
        reads_incoming=reads_incoming,
        has_posts=db.session.scalar(db.select(Post.editable_by(current_user).exists())),
        may_change_settings=current_user.can(Ability.CHANGE_SETTINGS),
        may_invite=current_user.can(Ability.MANAGE_PEOPLE),
    )


def few(query: Select[Any]) -> list[Any]:
    return list(db.session.scalars(query.limit(SHOWN)))


def in_state(state: State) -> Select[Any]:
    return Post.editable_by(current_user).where(Post.in_state(state)).options(*Post.for_a_list())


def waiting_submissions() -> Select[Any]:
    return Submission.newest_first().where(Submission.is_waiting())


def latest_events() -> Select[Any]:
    """What was done to the posts that the person may edit."""
    posts = Post.editable_by(current_user).with_only_columns(Post.id)
    return Event.newest_first().where(Event.subject_kind == "post", Event.subject_id.in_(posts))
