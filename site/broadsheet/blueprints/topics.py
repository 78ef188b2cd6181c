"""Posts by what they are about, by the series in which they stand, and by when they were published."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from broadsheet.extensions import db
from broadsheet.lib.slugs import slugify
from broadsheet.models import PartList, Post, PostList, Series, Tag
from broadsheet.models.archive import Period, years
from broadsheet.web.addresses import moved
from broadsheet.web.current_site import site
from broadsheet.web.filters import zone
from broadsheet.web.pagination import paginate, paginate_stories

blueprint = Blueprint("topics", __name__)


AT_ONCE = 200  # topics that a page lists


@blueprint.get("/tags")
def tags() -> str:
    return listed(Tag, "topics/tags.html")


@blueprint.get("/tag/<slug>")
def tag(slug: str) -> ResponseReturnValue:
    tag = db.first_or_404(Tag.at(slugify(slug, len(slug))).options(joinedload(Tag.picture)))
    if slug != tag.slug:
        return moved(url_for("topics.tag", slug=tag.slug))
    pagination = paginate_stories(PostList.tagged(tag), site.posts_per_page)
    if not pagination.total:
        abort(404)  # what only drafts are about is not told yet
    return render_template("topics/tag.html", tag=tag, pagination=pagination)


@blueprint.get("/series")
def all_series() -> str:
    return listed(Series, "topics/all_series.html")


@blueprint.get("/series/<slug>")
def series(slug: str) -> ResponseReturnValue:
    series = db.first_or_404(Series.at(slugify(slug, len(slug))).options(joinedload(Series.picture)))
    if slug != series.slug:
        return moved(url_for("topics.series", slug=series.slug))
    pagination = paginate_stories(PartList(series), site.posts_per_page, order=Post.series_order)
    if not pagination.total:
        abort(404)
    return render_template("topics/series.html", series=series, pagination=pagination)


@blueprint.get("/archive")
@blueprint.get("/archive/<int(fixed_digits=4):year>")
@blueprint.get("/archive/<int(fixed_digits=4):year>/<int:month>")
def archive(year: int | None = None, month: int | None = None) -> ResponseReturnValue:
    if year is None:
        return render_template("topics/archive.html", years=years(zone()))
    period = Period(year, month)
    if not period.exists:
        abort(404)
    address = url_for("topics.archive", year=year, month=month)
    if request.path != address:
        return moved(address)
    pagination = paginate_stories(period.posts(zone()), site.posts_per_page)
    if not pagination.total:
        abort(404)
    return render_template("topics/archive.html", period=period, pagination=pagination)


def listed(kind: type[Tag] | type[Series], template: str) -> str:
    """By name."""
    topics = paginate(kind.listed().order_by(*kind.by_name()), AT_ONCE)
    return render_template(template, pagination=topics, counts=kind.count_public(topics.items))
