"""Jump: from anywhere at the desk to a page, a deed, a text, a person, a tag, a message, by a few letters.

static/js/palette.js asks for JSON while one types; without a script it is a page with a search.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask import Blueprint, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from sqlalchemy import Select, case

from broadsheet.blueprints.desk.menu import whole
from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.models import Ability, Message, Page, Post, Tag, User
from broadsheet.models.base import each_word_in
from broadsheet.models.incoming import Box
from broadsheet.web.access import ACCESS, row_of
from broadsheet.web.errors import wants_json

blueprint = Blueprint("jump", __name__, url_prefix="/jump")

AT_MOST = 6  # of a kind

DEEDS: tuple[tuple[str, Any], ...] = (
    ("desk.posts.new", _("Write a post")),
    ("desk.pages.new", _("Write a page")),
    ("desk.uploads.index", _("Upload a file")),
    ("desk.invitations.index", _("Invite somebody")),
    ("account.profile", _("Your profile")),
    ("account.password", _("Your password")),
    ("account.sessions", _("Where you are signed in")),
    ("home.index", _("See the site")),
)
# The fields of the settings, by their place on that page.
SETTINGS: tuple[tuple[str, Any], ...] = (
    ("title", _("Title of the site")),
    ("tagline", _("Tagline")),
    ("language", _("Language of the site")),
    ("timezone", _("Time zone of the site")),
    ("accent", _("Accent colour")),
    ("posts_per_page", _("Posts on a page")),
    ("footer", _("Footer")),
    ("social_links", _("Links at the foot")),
)


class Place(NamedTuple):
    kind: Any
    label: str
    url: str
    detail: str = ""


@blueprint.get("")
def show() -> ResponseReturnValue:
    words = wanted_words()
    places = list(found(words))
    if wants_json():
        return jsonify(results=[place._asdict() | {"kind": str(place.kind)} for place in places])
    return render_template("desk/jump/show.html", q=words, places=places)


def found(words: str) -> Iterator[Place]:
    """In five queries at most; without words, where one can go at all."""
    wanted = words.lower().split()
    yield from (place for place in fixed() if all(word in place.label.lower() for word in wanted))
    yield from texts(Post, _("Post"), words)
    if current_user.can(Ability.EDIT_PAGES):
        yield from texts(Page, _("Page"), words)
    if not words:
        return
    yield from tags(words)
    if current_user.can(ACCESS["desk.people.edit"]):
        yield from people(words)
    if current_user.can(ACCESS["desk.messages.show"]):
        yield from messages(words)


def fixed() -> Iterator[Place]:
    for items in whole().values():
        for item in items:
            if may(item.endpoint):
                yield Place(_("Desk"), str(item.label), url_for(item.endpoint))
    for endpoint, label in DEEDS:
        if may(endpoint):
            yield Place(_("To do"), str(label), url_for(endpoint))
    if may("desk.settings.edit"):
        for anchor, label in SETTINGS:
            yield Place(_("Settings"), str(label), url_for("desk.settings.edit", _anchor=anchor))


def may(endpoint: str) -> bool:
    required = row_of(endpoint)
    return not isinstance(required, Ability) or current_user.can(required)


def texts(kind: Any, word: Any, words: str) -> Iterator[Place]:
    query = kind.editable_by(current_user).where(kind.trashed_at.is_(None), each_word_in(words, kind.title))
    rows = few(query.with_only_columns(kind.id, kind.title), kind.title, words, kind.id.desc())
    for id, title in rows:
        yield Place(word, title or str(_("Untitled")), url_for(f"desk.{kind.kind}s.edit", id=id))


def tags(words: str) -> Iterator[Place]:
    query = db.select(Tag.name).where(each_word_in(words, Tag.name))
    for (name,) in few(query, Tag.name, words, Tag.name):
        yield Place(_("Posts with the tag"), name, url_for("desk.posts.index", tag=name))


def people(words: str) -> Iterator[Place]:
    query = db.select(User.id, User.name, User.username).where(User.matching(words))
    for id, name, username in few(query, User.name, words, User.name):
        yield Place(_("Person"), name, url_for("desk.people.edit", id=id), username)


def messages(words: str) -> Iterator[Place]:
    query = db.select(Message.id, Message.subject, Message.name)
    found = each_word_in(words, Message.subject, Message.name, Message.email)
    query = query.where(Message.is_in(Box.INBOX), found)
    for id, subject, name in few(query, Message.subject, words, Message.created_at.desc()):
        yield Place(_("Message"), subject or str(_("No subject")), url_for("desk.messages.show", id=id), name)


def few(query: Select[Any], column: Any, words: str, then: Any) -> Iterable[Any]:
    """What begins with the words comes first."""
    begins = case((column.istartswith(words, autoescape=True), 0), else_=1)
    return db.session.execute(query.order_by(begins, then).limit(AT_MOST))
