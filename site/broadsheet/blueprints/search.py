"""The search, as a page, as the part of it that changes while one types, and as browsers know it."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, select

from broadsheet.extensions import db, limiter
from broadsheet.lib.searching import LONGEST, Problem, Query, parse
from broadsheet.models import Post, Tag
from broadsheet.search import Finds, find, suggest
from broadsheet.web.filters import zone
from broadsheet.web.pagination import asked_page

blueprint = Blueprint("search", __name__)

PER_PAGE = 10
TAGS = 12  # to begin with, when nothing was asked yet
# Somebody who types asks a few times a second, and rests.
OFTEN_ENOUGH = "200 per minute"


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
    # It stands in addresses, which are remembered: no more of it than shows that it was too long.
    text = " ".join(request.args.get("q", "").replace("\0", " ").split())[: 2 * LONGEST]
    query, page = parse(text), asked_page()
    finds = find(query, zone=zone(), page=page, per_page=PER_PAGE)
    if page > 1 and not finds.items:
        abort(404)
    return {
        "q": text,
        "finds": finds,
        "said": _said(finds) if text else "",
        "advice": [_advice(problem) for problem in finds.problems],
        "suggestion": suggest(query) if not query.is_empty and not finds.items else None,
        "older": _older(query, finds),
        "tags": [] if text else _tags(),
    }


def _said(finds: Finds) -> str:
    if not finds.items:
        return _("Nothing found among the newest posts") if finds.older_than else _("Nothing found")
    if finds.page > 1:
        return _("Page %(number)d", number=finds.page)
    if finds.has_next or finds.older_than:
        return _("More than %(count)d posts, the best first", count=len(finds.items))
    return ngettext("%(num)d post", "%(num)d posts", len(finds.items))


def _advice(problem: Problem) -> str:
    if problem.kind == "length":
        return _("That is a long question: only its first words were looked for.")
    if not problem.value:
        return _("After “%(filter)s:” its value is missing.", filter=problem.kind)
    if problem.kind == "tag":
        return _("No post has the tag “%(name)s”.", name=problem.value)
    if problem.kind == "author":
        return _("Nobody called “%(name)s” has written here.", name=problem.value)
    return _(
        "“%(value)s” is no date and was left out. Write %(filter)s:2024, %(filter)s:2024-05 or"
        " %(filter)s:2024-05-31.",
        value=problem.value,
        filter=problem.kind,
    )


def _older(query: Query, finds: Finds) -> str:
    """The question about what is older than all that was looked at; "" if that is all."""
    if finds.older_than is None or finds.has_next:
        return ""
    day = finds.older_than.astimezone(zone()).date()
    next_day = day + timedelta(days=1)
    return str(replace(query, before=day if query.before == next_day else next_day))


def _tags() -> list[Tag]:
    """The most used that readers find something under. Of all, that would be a long question."""
    most_used = list(db.session.scalars(Tag.most_used().with_only_columns(Tag.id).limit(3 * TAGS)))
    public = Tag.posts.any(and_(Post.is_public(), Post.is_listed()))
    tags = db.session.scalars(select(Tag).where(Tag.id.in_(most_used), public))
    return sorted(tags, key=lambda tag: most_used.index(tag.id))[:TAGS]
