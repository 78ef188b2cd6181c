"""Feeds: what is new, for the programs by which people follow a site (Atom, RSS 2.0, JSON Feed 1.1)."""

from typing import Any

from flask import Blueprint, Response, abort, json, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from jinja2.filters import do_striptags
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib.colour import accents
from broadsheet.lib.feed_text import legal
from broadsheet.lib.slugs import slugify
from broadsheet.models import Alias, Post, PostList, Series, Tag, User
from broadsheet.models.archive import Period
from broadsheet.web.addresses import moved
from broadsheet.web.appearance import icon_url
from broadsheet.web.current_site import site
from broadsheet.web.filters import period_name, rfc3339, zone
from broadsheet.web.pagination import paginate
from broadsheet.web.public_address import canonical_url
from broadsheet.web.syndication import Attachment, Author, Entry, Feed

blueprint = Blueprint("feeds", __name__)

# Chromium shows application/atom+xml and application/rss+xml as plain text, whatever style they name.
FORMATS = {"atom": "application/xml", "rss": "application/xml", "json": "application/feed+json"}
ENTRIES = 20  # whole texts: a page of them is some hundred kilobytes

# Where Jekyll, Hugo, Zola, Ghost and WordPress have theirs: who followed a site there follows on.
USUAL = {
    "feed": "rss",
    "rss": "rss",
    "rss.xml": "rss",
    "index.xml": "rss",
    "feed.xml": "atom",
    "atom.xml": "atom",
}


@blueprint.get("/feed.<any(atom, rss, json):format>")
def of_site(format: str) -> Response:
    posts = PostList.of_listed()
    description = site.tagline or _("What is new on %(site)s.", site=site.title)
    return answer(format, posts, ("site", 0), site.title, description, canonical_url("home.index"))


@blueprint.get("/tag/<slug>/feed.<any(atom, rss, json):format>")
def of_tag(slug: str, format: str) -> ResponseReturnValue:
    return of_topic(Tag, slug, format) or abort(404)


@blueprint.get("/series/<slug>/feed.<any(atom, rss, json):format>")
def of_series(slug: str, format: str) -> ResponseReturnValue:
    return of_topic(Series, slug, format) or abort(404)


@blueprint.get("/user/<username>/feed.<any(atom, rss, json):format>")
def of_person(username: str, format: str) -> ResponseReturnValue:
    person = db.one_or_404(User.with_page().where(User.username == username.lower()))
    if username != person.username:
        return moved(url_for("feeds.of_person", username=person.username, format=format))
    name = person.name or person.username
    return answer(
        format,
        PostList.by(person).listed(),
        ("user", person.id),
        _("%(name)s on %(site)s", name=name, site=site.title),
        _("What %(name)s wrote for %(site)s.", name=name, site=site.title),
        canonical_url("people.show", username=person.username),
    )


@blueprint.get("/archive/<int(fixed_digits=4):year>/feed.<any(atom, rss, json):format>")
@blueprint.get("/archive/<int(fixed_digits=4):year>/<int:month>/feed.<any(atom, rss, json):format>")
def of_period(format: str, year: int, month: int | None = None) -> ResponseReturnValue:
    period = Period(year, month)
    posts = period.posts(zone()) if period.exists else None
    if posts is None or db.session.scalar(posts.ids().limit(1)) is None:
        abort(404)
    address = url_for("feeds.of_period", year=year, month=month, format=format)
    if request.path != address:
        return moved(address)
    name = period_name(period)
    return answer(
        format,
        posts.listed(),
        ("period", year * 100 + (month or 0)),
        _("%(name)s on %(site)s", name=name, site=site.title),
        _("What %(site)s published: %(period)s.", site=site.title, period=name),
        canonical_url("topics.archive", year=year, month=month),
    )


@blueprint.get(f"/<any({', '.join(repr(one) for one in USUAL)}):name>")
def usual(name: str) -> ResponseReturnValue:
    return moved(url_for("feeds.of_site", format=USUAL[name]))


@blueprint.get("/feed.css")
def style() -> Response:
    """How a browser shows a feed that somebody opens in it. It holds our words, too: in a feed they would be
    no feed's words."""
    light, dark = accents(site.accent)
    words = (_("This is a feed"), _("To follow, copy the address of this page into a feed reader:"))
    sheet = render_template("feeds/feed.css", light=light, dark=dark, words=[quoted(one) for one in words])
    return Response(sheet, mimetype="text/css")


def of_topic(kind: type[Tag] | type[Series], slug: str, format: str) -> ResponseReturnValue | None:
    topic: Tag | Series | None = db.session.scalar(kind.at(slugify(slug, len(slug))))
    endpoint = f"feeds.of_{kind.kind}"
    if topic is None:
        former = db.session.scalar(Alias.of(f"/{kind.kind}/{slug}"))
        topic = former.target if former is not None and isinstance(former.target, kind) else None
    if topic is None or not topic.is_published:
        return None
    if slug != topic.slug:
        return moved(url_for(endpoint, slug=topic.slug, format=format))
    posts = PostList.tagged(topic) if isinstance(topic, Tag) else PostList.in_series(topic)
    return answer(
        format,
        posts.listed(),
        (kind.kind, topic.id),
        _("%(name)s on %(site)s", name=topic.name, site=site.title),
        do_striptags(topic.description_html),
        canonical_url(f"topics.{kind.kind}", slug=topic.slug),
    )


def answer(
    format: str, posts: PostList, subject: tuple[str, int], title: str, description: str, home: str
) -> Response:
    query = select(Post).options(*Post.for_a_feed()).order_by(*Post.newest_first())
    feed = Feed(
        subject=subject,
        title=title,
        description=description or title,
        home=home,
        endpoint=str(request.endpoint),
        arguments=dict(request.view_args or {}),
        pagination=paginate(query, ENTRIES, among=posts),
    )
    text = as_json(feed) if format == "json" else legal(render_template(f"feeds/{format}.xml", feed=feed))
    # No Last-Modified (RFC 9110, section 8.8.2): none of what is left tells when something was taken away.
    return Response(text, content_type=f"{FORMATS[format]}; charset=utf-8")


def as_json(feed: Feed) -> str:
    """JSON Feed 1.1, www.jsonfeed.org/version/1.1"""
    following = dict(feed.pages).get("next")
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        **({"next_url": following} if following else {}),
        "icon": icon_url("512"),
        "favicon": icon_url("32"),
        "language": site.language,
        "authors": [{"name": site.title, "url": canonical_url("home.index")}],
        "items": [item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=False, indent=1)


def item(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.image.url if entry.image else "",
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "attachments": [attached(one) for one in entry.attachments],
        "authors": [named(author) for author in entry.authors],
        "tags": [tag.name for tag in entry.post.tags],
        "language": entry.language,
    }
    if entry.post.canonical_url:  # what stands first elsewhere; the format has no name for it
        said["_broadsheet"] = {"canonical_url": entry.post.canonical_url}
    return {name: value for name, value in said.items() if value or name == "content_html"}


def attached(one: Attachment) -> dict[str, Any]:
    said = {
        "url": one.url,
        "mime_type": one.upload.media_type,
        "title": one.title,
        "size_in_bytes": one.upload.size,
        "duration_in_seconds": one.seconds,
    }
    return {name: value for name, value in said.items() if value}


def named(author: Author) -> dict[str, str]:
    return {"name": author.name, "url": author.url} if author.url else {"name": author.name}


def quoted(words: str) -> str:
    """As a string of CSS (CSS Syntax 3, section 4.3.5)."""
    return '"' + "".join(one if one.isalnum() or one in " ,.:" else f"\\{ord(one):x} " for one in words) + '"'
