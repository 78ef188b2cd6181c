"""What readers do and how much they read, for programs: search, visits, the edition."""

import datetime as dt

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, Scope, Visit
from broadsheet.models.visit import Tally
from problems import problem_of


def test_a_search_finds_what_readers_find_and_marks_it(stranger, post, draft):
    found = stranger.get("/search?q=published").json
    (one,) = found["items"]
    assert (one["id"], one["url"], found["next"]) == (post.id, f"http://localhost{post.path}", None)
    assert [piece["text"] for piece in one["title"] if piece["is_marked"]] == ["published"]
    assert stranger.get("/search?q=ready").json["items"] == []  # it stands in a draft


def test_a_search_goes_on_and_helps(stranger, publish_many):
    publish_many(12)
    first = stranger.get("/search?q=post").json
    second = stranger.get(first["next"]).json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (10, 2, None)
    assert stranger.get("/search?q=post+tag:none").json["advice"]


@pytest.mark.parametrize("query", ["", "q=", "q=x&page=0", "q=x&page=1e3"])
def test_a_search_for_nothing_is_refused(stranger, query):
    problem_of(stranger.get(f"/search?{query}"), 400)


@pytest.fixture
def read(ann, ben, post):
    """A post of Ann's, read on two days."""
    other = Post()
    other.revise(by=ben, title="Ben's", body="x", authors=[ben])
    other.publish()
    db.session.commit()
    today = clock.now().date()
    tallies = [
        Tally(today, 9, post.path, "a.example", 3, 2),
        Tally(today - dt.timedelta(days=2), 9, post.path, "", 4, 1),
        Tally(today, 9, other.path, "b.example", 1, 1),
    ]
    with db.engine.begin() as connection:
        Visit.add(connection, tallies)
    return today


def test_who_edits_all_posts_is_told_what_was_read(eds, post, read):
    said = eds.get("/visits").json
    assert said["of"] == "site"
    assert [(day["views"], day["visits"]) for day in said["days"]] == [(4, 1), (4, 3)]
    assert said["days"][1]["date"] == read.isoformat()
    assert (said["posts"][0]["id"], said["posts"][0]["views"]) == (post.id, 7)
    assert said["referrers"][0] == {"host": "a.example", "visits": 2}
    assert len(eds.get("/visits?days=1").json["days"]) == 1
    problem_of(eds.get("/visits?days=91"), 400)


def test_an_author_is_told_of_own_posts_alone(anns, token_for, ann, read, post):
    said = anns.get("/visits").json
    assert (said["of"], [one["id"] for one in said["posts"]]) == ("own", [post.id])
    assert [(day["views"], day["visits"]) for day in said["days"]] == [(4, None), (3, None)]
    assert [one["host"] for one in said["referrers"]] == ["a.example"]
    problem_of(token_for(ann, Scope.CONTENT_READ).get("/visits"), 403)


def test_the_edition_tells_of_changes(stranger, post):
    before = stranger.get("/edition")
    assert stranger.get("/edition").json == before.json
    assert before.headers["Surrogate-Key"].endswith(f"edition-{before.json['number']}")
    post.revise(by=None, title="Anew")
    db.session.commit()
    assert stranger.get("/edition").json["number"] > before.json["number"]
