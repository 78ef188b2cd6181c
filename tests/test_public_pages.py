"""Every public page, whatever the number of posts: how often it asks the database, and what it weighs."""

import gzip

import pytest
from sqlalchemy import func, insert, literal, select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Page, Post, PostAuthor, PostTag, Series, Tag
from broadsheet.web.access import ACCESS, ANYONE
from newsroom import TEXT

FEW, MANY = 50, 5_000
FIRST_ROUND_TRIP = 14_000  # bytes: ten segments of TCP, the first window of a server (RFC 6928)

# What is no page that a visitor reads, or no page of its own. A sitemap is read some thousand rows at a time.
NO_PAGES = {
    "static", "uploads.show", "posts.short", "posts.short_markdown", "previews.show", "health.live",
    "health.ready", "pages.show", "pages.markdown", "feeds.usual", "sitemap.index", "sitemap.part",
    "well_known.security", "metrics.show", "api.search.index",
}  # fmt: skip


@pytest.fixture
def site(ann, app):
    """Fifty posts, all with a tag, in a series and by one author, and pages of each kind."""
    series = Series.create(name="Letters")
    (tag,) = Tag.named(["Notes"])
    for number in range(FEW):
        post = Post()
        post.revise(by=ann, title=f"Post {number}", body=f"Text {number}.", authors=[ann], tags=[tag])
        post.series = series
        post.publish()
    for title in ("Imprint", "About"):
        page = Page()
        page.revise(by=ann, title=title, body="Who is behind this.")
        page.publish()
    db.session.commit()
    return post


def grow(to):
    """Doubles the posts, with their authors and tags, as often as it takes: one INSERT … SELECT a table."""
    while (count := db.session.scalar(select(func.count()).select_from(Post))) < to:
        step = db.session.scalar(select(func.max(Post.id)))
        within = min(count, to - count)
        first = select(Post.id).order_by(Post.id).limit(within).scalar_subquery()
        for model, key in ((Post, "id"), (PostAuthor, "post_id"), (PostTag, "post_id")):
            columns = model.__table__.columns
            values = [columns[key] + literal(step) if one.name == key else one for one in columns]
            rows = select(*values).where(columns[key].in_(first))
            db.session.execute(insert(model).from_select([one.name for one in columns], rows))
        db.session.commit()


def addresses(app, post):
    """Of each page that anybody may read; of a list, its second page too."""
    now = clock.now()
    values = {
        "id": post.id,
        "slug": post.slug,
        "username": "ann",
        "format": "atom",
        "year": now.year,
        "month": now.month,
    }
    ids = {
        f"api.{model.__tablename__}.show": db.session.scalar(select(func.min(model.id)))
        for model in (Page, Tag, Series)
    } | {"api.people.show": post.authors[0].id}
    slugs = {"tag": "notes", "of_tag": "notes", "series": "letters", "of_series": "letters"}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if ACCESS[rule.endpoint] is not ANYONE or "GET" not in rule.methods:
                continue
            if rule.endpoint in NO_PAGES or rule.endpoint.startswith(
                ("account.", "previews.", "cards.", "icons.")
            ):
                continue
            if not rule.arguments <= values.keys():
                continue  # a file, by its name
            given = {name: values[name] for name in rule.arguments}
            if rule.endpoint in ids:
                given["id"] = ids[rule.endpoint]
            if "slug" in given:
                given["slug"] = slugs.get(rule.endpoint.rpartition(".")[2], post.slug)
            yield app.url_for(rule.endpoint, **given)
    yield "/imprint"
    yield "/api/v1/search?q=text"
    yield from (
        "/?page=2",
        "/tag/notes?page=2",
        "/series/letters?page=2",
        "/user/ann?page=2",
        f"/archive/{now.year}?page=2",
    )


def questions(client, queries, paths):
    counts = {}
    for path in paths:
        client.get(path)  # whatever is loaded once, is loaded now
        with queries() as asked:
            answer = client.get(path)
            counts[path] = (answer.status_code, len(asked))
    return counts


def test_no_page_asks_more_often_among_five_thousand_posts_than_among_fifty(app, client, queries, site):
    post = db.session.get(Post, FEW // 2)
    paths = sorted(set(addresses(app, post)))
    few = questions(client, queries, paths)
    assert {path: status for path, (status, _) in few.items() if status != 200} == {}
    grow(MANY)
    assert db.session.scalar(select(func.count()).select_from(Post)) == MANY
    assert questions(client, queries, paths) == few


def test_the_first_view_of_a_text_is_one_round_trip(client, ann):
    """With its style, which stands in the page; of everything that a text may need, code is among it."""
    post = Post()
    post.revise(
        by=ann,
        title="Story: what a long and honest headline looks like",
        summary="A summary of a sentence or two, as an editor would write it.",
        body=TEXT,
        authors=[ann],
        tags=Tag.named(["Notes", "Testing"]),
    )
    post.publish()
    db.session.commit()
    html = client.get(post.path).data
    assert len(gzip.compress(html, 6)) < FIRST_ROUND_TRIP
    assert b'rel="stylesheet"' not in html
