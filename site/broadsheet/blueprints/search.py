"""The search, as a page, as the part of it that changes while one types, and as browsers know it."""

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, select

from broadsheet.extensions import db, limiter
from broadsheet.lib.searching import LONGEST
from broadsheet.models import Post, Tag
from broadsheet.search import Finds
from broadsheet.web.pagination import asked_page
from broadsheet.web.searching import OFTEN_ENOUGH, search

blueprint = Blueprint("search", __name__)

TAGS = 12  # to begin with, when nothing was asked yet


@blueprint.get("/search")
@limiter.limit(OFTEN_ENOUGH)
def index() -> str:
    return render_template("search/index.html", longest=LONGEST, **_answer())


@blueprint.get("/search/results")
@limiter.limit(OFTEN_ENOUGH)
def results() -> Response:
    response = make_response(render_template("search/_results.html", **_answer()))
    response.headers["X-Robots-Tag"] = "noindex"  # a part of a page cannot say it itself
    return response


@blueprint.get("/opensearch.xml")
def description() -> Response:
    response = make_response(render_template("search/opensearch.xml"))
    response.mimetype = "application/opensearchdescription+xml"
    return response


def _answer() -> dict[str, object]:
    page = asked_page()
    found = search(request.args.get("q", ""), page=page)
    if page > 1 and not found.finds.items:
        abort(404)
    return {
        "q": found.text,
        "finds": found.finds,
        "said": _said(found.finds) if found.text else "",
        "advice": found.advice,
        "suggestion": found.suggestion,
        "older": found.older,
        "tags": [] if found.text else _tags(),
    }


def _said(finds: Finds) -> str:
    if not finds.items:
        return _("Nothing found among the newest posts") if finds.older_than else _("Nothing found")
    if finds.page > 1:
        return _("Page %(number)d", number=finds.page)
    if finds.has_next or finds.older_than:
        return _("More than %(count)d posts, the best first", count=len(finds.items))
    return ngettext("%(num)d post", "%(num)d posts", len(finds.items))


def _tags() -> list[Tag]:
    """The most used that readers find something under. Of all, that would be a long question."""
    most_used = list(db.session.scalars(Tag.most_used().with_only_columns(Tag.id).limit(3 * TAGS)))
    public = Tag.posts.any(and_(Post.is_public(), Post.is_listed()))
    tags = db.session.scalars(select(Tag).where(Tag.id.in_(most_used), public))
    return sorted(tags, key=lambda tag: most_used.index(tag.id))[:TAGS]
