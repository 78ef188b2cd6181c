"""However much there is, a list of the desk asks the database so many times and no more. How long it takes:
bench/desk_lists.py."""

import datetime as dt

import pytest
from sqlalchemy import insert

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Message, Post, PostAuthor, PostTag, Submission, Tag, Upload, User, Visit
from broadsheet.models.content import State

# Of which four are asked on each page of the desk: session, site, and what waits in the navigation.
AT_MOST = {
    # One of them asks a server how large its database is, one whether a webhook was switched off.
    "/desk": 21,
    "/desk/figures": 18,
    "/desk/posts": 12,
    "/desk/posts?state=draft": 12,
    "/desk/posts?q=post&sort=title": 13,
    "/desk/posts?q=nothing": 10,
    "/desk/posts?author=ann&tag=many&language=de": 12,
    "/desk/posts?page=30": 12,
    "/desk/pages": 8,
    "/desk/uploads": 6,
    "/desk/uploads?show=unused&layout=list&q=png": 6,
    "/desk/uploads/choices": 5,
    "/desk/messages": 6,
    "/desk/messages?show=unread&q=hello&sort=from": 6,
    "/desk/submissions": 6,
    "/desk/submissions?state=spam": 6,
    "/desk/tags": 8,
    "/desk/tags?show=unused": 8,
    "/desk/series": 8,
    "/desk/links": 7,
    "/desk/redirects": 6,
    "/desk/people?sort=-posts": 9,
    "/desk/people?show=suspended&q=person": 8,
    "/desk/activity": 9,
    "/desk/activity?q=ann": 8,
    "/desk/invitations": 6,
    "/desk/jump?q=post": 9,
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
        for n in range(3_000)
    ]  # fmt: skip
    db.session.execute(insert(Post), posts)
    ids = list(db.session.scalars(db.select(Post.id)))
    db.session.execute(insert(PostAuthor), [{"post_id": id, "user_id": ann.id} for id in ids])
    db.session.execute(insert(PostTag), [{"post_id": id, "tag_id": tag.id} for id in ids])
    stranger = {"name": "Vic", "email": "vic@example.org", "body": "Hello."}
    db.session.execute(insert(Message), [stranger | {"subject": f"No. {n}"} for n in range(500)])
    db.session.execute(insert(Submission), [stranger | {"title": f"No. {n}"} for n in range(200)])
    db.session.execute(insert(User), [
        {"name": f"Person {n}", "username": f"person-{n}", "bio": "", "links": []} for n in range(300)
    ])  # fmt: skip
    db.session.execute(insert(Upload), [
        {
            "name": f"{n}.png", "key": f"{n}/{n}.png", "sha256": f"{n:064x}", "media_type": "image/png",
            "size": 1, "width": 1, "height": 1, "uploaded_by_id": ann.id,
        }
        for n in range(1_000)
    ])  # fmt: skip
    db.session.execute(insert(Event), [
        {
            "action": "post_revised", "subject_kind": "post", "subject_id": id, "subject_label": "Post",
            "actor_id": ann.id, "actor_name": "Ann Author", "details": {},
        }
        for id in ids[:1_000]
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


def plan_of(statement) -> list[str]:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite's")
    sql = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    return [row[3] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {sql}"))]


COUNTED = {
    **{f"posts {state}": db.select(Post.id).where(Post.in_state(state)) for state in State},
    "posts in a language": db.select(Post.id).where(Post.language == "de", Post.trashed_at.is_(None)),
    "unread messages": db.select(Message.id).where(Message.is_unread()),
    "waiting submissions": db.select(Submission.id).where(Submission.is_waiting()),
}


@pytest.mark.parametrize("what", COUNTED)
def test_views_are_counted_without_a_look_at_the_texts(app, what):
    """Else SQLite reads each text to come to what stands behind it: fifty milliseconds for ten thousand."""
    (step,) = plan_of(COUNTED[what].with_only_columns(db.func.count()))
    assert step.startswith("SEARCH")
    assert "COVERING INDEX" in step


SORTED = {
    "change": (Post.trashed_at.is_(None), Post.updated_at.desc()),
    "date": (Post.trashed_at.is_(None), Post.published_at.desc().nulls_last()),
    "length": (Post.trashed_at.is_(None), Post.word_count.desc()),
    "review": (Post.in_state(State.IN_REVIEW), Post.review_requested_at),
    "trash": (Post.trashed_at.is_not(None), Post.trashed_at.desc()),
}


@pytest.mark.parametrize("by", SORTED)
def test_lists_are_sorted_without_a_look_at_the_texts(app, by):
    condition, order = SORTED[by]
    (step, *_sort) = plan_of(db.select(Post.id).where(condition).order_by(order, Post.id.desc()).limit(30))
    assert "COVERING INDEX" in step


def test_search_of_titles_reads_no_texts_but_those_changed_last(app):
    steps = plan_of(db.select(Post.id).where(Post.matching("words")))
    assert [step for step in steps if "SCAN posts" in step] == [
        "SCAN posts USING COVERING INDEX ix_posts_titles"
    ]


def test_most_read_posts_are_summed_up_in_an_index(app):
    week = Visit.most_read(dt.date(2026, 1, 1), dt.date(2026, 1, 7)).limit(5)
    assert "SEARCH visits USING COVERING INDEX ix_visits_read (day>? AND day<?)" in plan_of(week)
