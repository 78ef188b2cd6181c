"""However much there is, a list of the desk asks the database so many times and no more. How long it takes:
bench/desk_lists.py."""

import pytest
from sqlalchemy import insert

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Message, Post, PostAuthor, PostTag, Submission, Tag, Upload, User
from broadsheet.models.content import State

# Of which five are asked on each page of the desk: session, site, and what waits in the navigation.
AT_MOST = {
    "/desk": 22,
    "/desk/figures": 18,
    "/desk/posts": 14,
    "/desk/posts?state=draft": 14,
    "/desk/posts?q=post&sort=title": 14,
    "/desk/posts?author=ann&tag=many&language=de": 14,
    "/desk/posts?page=100": 14,
    "/desk/pages": 12,
    "/desk/uploads": 12,
    "/desk/messages": 12,
    "/desk/submissions": 12,
    "/desk/tags": 12,
    "/desk/people?sort=-posts": 10,
    "/desk/activity": 12,
    "/desk/activity?q=ann": 12,
    "/desk/jump?q=post": 10,
}


@pytest.fixture
def large(ann):
    now = clock.now()
    (tag,) = Tag.named(["Many"])
    db.session.flush()
    posts = [
        {
            "title": f"Post {n}", "slug": f"post-{n}", "body": "Text.", "language": "de" if n % 2 else "",
            "status": "draft" if n % 9 == 0 else "published", "published_at": now,
            "trashed_at": now if n % 11 == 0 else None,
        }
        for n in range(10_000)
    ]  # fmt: skip
    db.session.execute(insert(Post), posts)
    ids = list(db.session.scalars(db.select(Post.id)))
    db.session.execute(insert(PostAuthor), [{"post_id": id, "user_id": ann.id} for id in ids])
    db.session.execute(insert(PostTag), [{"post_id": id, "tag_id": tag.id} for id in ids])
    stranger = {"name": "Vic", "email": "vic@example.org", "body": "Hello."}
    db.session.execute(insert(Message), [stranger | {"subject": f"No. {n}"} for n in range(2_000)])
    db.session.execute(insert(Submission), [stranger | {"title": f"No. {n}"} for n in range(200)])
    db.session.execute(insert(User), [
        {"name": f"Person {n}", "username": f"person-{n}", "bio": "", "links": []} for n in range(300)
    ])  # fmt: skip
    db.session.execute(insert(Upload), [
        {
            "name": f"{n}.png", "key": f"{n}/{n}.png", "sha256": f"{n:064x}", "media_type": "image/png",
            "size": 1, "width": 1, "height": 1, "uploaded_by_id": ann.id,
        }
        for n in range(5_000)
    ])  # fmt: skip
    db.session.execute(insert(Event), [
        {
            "action": "post_revised", "subject_kind": "post", "subject_id": id, "subject_label": "Post",
            "actor_id": ann.id, "actor_name": "Ann Author", "details": {},
        }
        for id in ids[:3_000]
    ])  # fmt: skip
    db.session.commit()


def test_lists_of_a_large_site_ask_the_database_a_bounded_number_of_times(sign_in, ada, large, queries):
    browser = sign_in(ada)
    browser.get("/desk")
    found = {}
    for path in AT_MOST:
        with queries() as asked:
            assert browser.get(path).status_code == 200, path
        found[path] = len(asked)
    assert {path: number for path, number in found.items() if number > AT_MOST[path]} == {}


def test_views_are_counted_without_a_look_at_the_texts(app):
    """Else SQLite reads each text to come to what stands behind it: fifty milliseconds for ten thousand."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite's")
    states = db.select(*(db.func.count(db.case((Post.in_state(state), 1))) for state in State))
    statement = str(states.compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = db.session.execute(db.text(f"EXPLAIN QUERY PLAN {statement}")).all()
    assert "COVERING INDEX ix_posts_by_date" in str(plan)
