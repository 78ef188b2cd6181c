"""The pictures of shared links that the site draws itself.

An address carries the digest of what stands in the picture, so it never gets other bytes; with an earlier
one it leads to the picture of today. Nobody can have anything drawn but what a public page says.
"""

from flask import Blueprint, abort, redirect, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from broadsheet.extensions import db
from broadsheet.lib.networks import network_of
from broadsheet.media import cards
from broadsheet.models import Page, Post, PostList, Series, Tag, User
from broadsheet.web import limits
from broadsheet.web.current_site import site
from broadsheet.web.sharing import card_url

blueprint = Blueprint("cards", __name__)

MAX_AGE = 365 * 24 * 3600
# Of those that are not drawn yet: who collects them all must not keep a core busy for hours.
NEW_ONES = "60 per minute"
CARD = "card-<string(length=16):digest>.png"


@blueprint.get(f"/home/{CARD}")
def home(digest: str) -> ResponseReturnValue:
    return sent(None, digest)


@blueprint.get(f"/post/<int:id>/{CARD}")
def post(id: int, digest: str) -> ResponseReturnValue:
    query = Post.published().where(Post.id == id).options(*Post.for_a_page())
    return sent(db.session.scalars(query).unique().one_or_none() or abort(404), digest)


@blueprint.get(f"/user/<username>/{CARD}")
def person(username: str, digest: str) -> ResponseReturnValue:
    return sent(db.one_or_404(User.with_page().where(User.username == username)), digest)


@blueprint.get(f"/tag/<slug>/{CARD}")
def tag(slug: str, digest: str) -> ResponseReturnValue:
    tag = db.first_or_404(Tag.at(slug))
    if db.session.scalar(PostList.tagged(tag).ids().limit(1)) is None:
        abort(404)  # what only drafts are about is not told yet
    return sent(tag, digest)


@blueprint.get(f"/series/<slug>/{CARD}")
def series(slug: str, digest: str) -> ResponseReturnValue:
    series = db.first_or_404(Series.at(slug))
    if db.session.scalar(PostList.in_series(series).ids().limit(1)) is None:
        abort(404)
    return sent(series, digest)


@blueprint.get(f"/<slug>/{CARD}")
def page(slug: str, digest: str) -> ResponseReturnValue:
    return sent(db.one_or_404(Page.at(slug)), digest)


def sent(subject: Post | Page | Tag | Series | User | None, digest: str) -> ResponseReturnValue:
    card = cards.of(subject, site)
    if digest != card.digest:
        return redirect(card_url(subject), 302)
    db.session.rollback()  # nobody waits for this transaction while it is drawn
    if not cards.is_made(card) and (wait := limits.count(NEW_ONES, "card", network_of(request.remote_addr))):
        raise TooManyRequests(retry_after=wait)
    response = send_file(cards.made(card), mimetype="image/png", conditional=True, max_age=MAX_AGE)
    response.cache_control.immutable = True
    return response
