"""Posts for programs."""

import base64
import json
from threading import Thread

import pytest

from broadsheet.blueprints.api import contents
from broadsheet.extensions import db
from broadsheet.models import Post, Role, Scope, Series, Tag
from stage import person


def problem_of(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    return answer.json


# -- reading


def test_a_stranger_lists_what_is_published_and_nothing_else(stranger, post, draft):
    answer = stranger.get("/posts")
    assert [one["title"] for one in answer.json["items"]] == ["A published post"]
    assert "body" not in answer.json["items"][0]
    assert "public" in answer.headers["Cache-Control"]


def test_who_may_edit_a_draft_finds_it(anns, token_for, ben, draft, post):
    assert {one["state"] for one in anns.get("/posts").json["items"]} == {"draft", "published"}
    assert anns.get(f"/posts/{draft.id}").json["body"] == "Not yet *ready*."
    assert token_for(ben).get(f"/posts/{draft.id}").status_code == 404


def test_a_token_that_reads_no_drafts_sees_what_strangers_see(token_for, ann, draft, post):
    program = token_for(ann, Scope.MEDIA_READ)
    assert [one["id"] for one in program.get("/posts").json["items"]] == [post.id]
    assert program.get(f"/posts/{draft.id}").status_code == 404


def test_a_post_says_when_it_is_unchanged(stranger, anns, post):
    for program in (stranger, anns):
        first = program.get(f"/posts/{post.id}")
        again = program.get(f"/posts/{post.id}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_post_comes_as_markdown(stranger, post):
    answer = stranger.get(f"/posts/{post.id}", headers={"Accept": "text/markdown"})
    assert answer.mimetype == "text/markdown"
    assert "## First" in answer.text
    known = {"Accept": "text/markdown", "If-None-Match": answer.headers["ETag"]}
    assert stranger.get(f"/posts/{post.id}", headers=known).status_code == 304
    assert stranger.get(f"/posts/{post.id}").mimetype == "application/json"  # the press keeps them apart
    assert stranger.get(f"/posts/{post.id}", headers={"Accept": "image/png"}).status_code == 406


def test_a_program_chooses_the_fields(stranger, post):
    assert stranger.get(f"/posts/{post.id}?fields=id,title").json == {"id": post.id, "title": post.title}
    assert stranger.get("/posts?fields=slug").json["items"] == [{"slug": "a-published-post"}]
    said = problem_of(stranger.get("/posts?fields=nonsense"), 400)
    assert said["errors"][0]["parameter"] == "fields"


def test_filters_narrow_a_list(stranger, post, publish_many):
    publish_many(3)
    titles = lambda query: [one["title"] for one in stranger.get(f"/posts?{query}").json["items"]]  # noqa: E731
    assert titles("slug=post-2") == ["Post 2"]
    assert len(titles("tag=notes")) == 4
    assert titles("tag=none") == titles("author=nobody") == []
    assert titles("sort=published_at&limit=1") == ["Post 3"]


ENDS_OF_TIME = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
NO_PLACES = [
    ["-id", 10**30, 5],
    *(["-published_at", at, 5] for at in ENDS_OF_TIME),
    ["-published_at", "2026-01-01T00:00:00", 5],
    ["-id", True, 5],
]


@pytest.mark.parametrize("place", NO_PLACES, ids=str)
def test_a_place_that_is_made_up_is_refused(stranger, post, place):
    after = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    answer = stranger.get(f"/posts?sort={place[0]}&after={after}")
    assert problem_of(answer, 400)["errors"][0]["parameter"] == "after"


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "sort=body", "after=x", "state=odd", "colour=red"])
def test_an_address_that_means_nothing_is_refused_by_name(stranger, query):
    said = problem_of(stranger.get(f"/posts?{query}"), 400)
    assert said["errors"][0]["parameter"] == query.partition("=")[0]


def test_pages_of_a_list_stay_right_while_posts_are_added(stranger, ann, publish_many):
    publish_many(5)
    first = stranger.get("/posts?limit=2")
    assert 'rel="next"' in first.headers["Link"]
    late = Post()
    late.revise(by=ann, title="Late", body="x", authors=[ann], tags=[])
    late.publish()
    second = stranger.get(first.json["next"])
    third = stranger.get(second.json["next"])
    titles = [one["title"] for page in (first, second, third) for one in page.json["items"]]
    assert titles == [f"Post {number}" for number in range(1, 6)]
    assert third.json["next"] is None


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(stranger, ann, publish_many, queries):
    publish_many(3)
    stranger.get("/posts")  # what is asked once in a process
    with queries() as few:
        stranger.get("/posts")
    for number in range(4):  # each with a series, an author and tags of its own
        post = Post()
        series = Series.create(name=f"Series {number}")
        db.session.flush()
        own = {"authors": [person(f"Wri{number} Ter", Role.AUTHOR)], "tags": Tag.named([f"T{number}", "All"])}
        post.revise(by=ann, title=f"Own {number}", body="x", series_id=series.id, **own)
        post.publish()
    db.session.commit()
    with queries() as more:
        assert len(stranger.get("/posts?limit=100").json["items"]) == 7
    assert len(more) == len(few) <= 4


# -- writing


def test_a_post_is_written_and_changed(anns, ann):
    made = anns.post("/posts", json={"title": "From a script", "body": "*Hello*.", "tags": ["One", "Two"]})
    assert made.status_code == 201
    assert made.json["state"] == "draft"
    address = made.headers["Location"]
    post = db.session.get(Post, made.json["id"])
    assert (post.title, [tag.name for tag in post.tags], list(post.authors)) == (
        "From a script",
        ["One", "Two"],
        [ann],
    )
    changed = anns.patch(address, json={"summary": "Short."})
    assert (changed.json["title"], changed.json["summary"]) == ("From a script", "Short.")
    replaced = anns.put(address, json={"title": "Anew"})
    assert (replaced.json["title"], replaced.json["summary"], replaced.json["tags"]) == ("Anew", "", [])
    gone = anns.delete(address)
    assert (gone.status_code, "Content-Type" in gone.headers) == (204, False)
    assert anns.get(address).json["state"] == "trashed"


def test_a_change_of_what_readers_see_is_held(anns, stranger, post):
    said = anns.patch(f"/posts/{post.id}", json={"title": "Better"}).json
    assert (said["title"], said["has_held_changes"]) == ("Better", True)
    assert stranger.get(f"/posts/{post.id}").json["title"] == "A published post"


def test_nothing_tells_strangers_of_what_is_held_back(anns, token_for, ben, stranger, ann, post):
    post.revise(by=ann, body="Seen. <!-- a remark --> All of it.")
    db.session.commit()
    seen = stranger.get(f"/posts/{post.id}").json
    listed = stranger.get("/posts?fields=body,version,updated_at,has_held_changes").json
    assert "remark" not in seen["body"]
    assert "remark" not in listed["items"][0]["body"]
    anns.patch(f"/posts/{post.id}", json={"title": "Held back"})
    post.request_review(by=ann)
    db.session.commit()
    for program in (stranger, token_for(ben)):
        assert program.get(f"/posts/{post.id}").json == seen
        assert program.get("/posts?fields=body,version,updated_at,has_held_changes").json == listed
        assert program.get("/posts?state=in_review").json["items"] == []
    assert stranger.get("/posts?sort=updated_at").status_code == 403
    assert token_for(ben).get("/posts?sort=-updated_at").json["items"] == []
    assert [one["id"] for one in anns.get("/posts?state=in_review").json["items"]] == [post.id]


def test_a_translation_that_is_no_readers_is_not_named(anns, stranger, ann, post, draft):
    post.revise(by=ann, translation_of_id=draft.id)
    db.session.commit()
    assert anns.get(f"/posts/{post.id}").json["translation_of_id"] == draft.id
    assert stranger.get(f"/posts/{post.id}").json["translation_of_id"] is None
    draft.publish()
    db.session.commit()
    assert stranger.get(f"/posts/{post.id}").json["translation_of_id"] == draft.id


def test_who_has_seen_an_older_state_is_told(anns, draft):
    seen = anns.get(f"/posts/{draft.id}").headers["ETag"]
    assert (
        anns.patch(f"/posts/{draft.id}", json={"title": "First"}, headers={"If-Match": seen}).status_code
        == 200
    )
    late = anns.patch(f"/posts/{draft.id}", json={"title": "Second"}, headers={"If-Match": seen})
    assert problem_of(late, 412)["errors"][0]["header"] == "If-Match"
    assert draft.title == "First"


def test_a_list_that_is_not_as_it_was_seen_is_told_as_a_problem(anns):
    problem_of(anns.get("/posts", headers={"If-Match": '"x"'}), 412)


@pytest.fixture
def meanwhile(app, monkeypatch):
    """`meanwhile(send)`: it is sent by another thread while the text of the next call is rendered."""
    rendered = contents.rendered_apart

    def do(send):
        def in_its_own_context():
            with app.app_context():
                send()

        def first(*told):
            monkeypatch.setattr(contents, "rendered_apart", rendered)
            db.session.commit()  # nobody holds the post
            other = Thread(target=in_its_own_context)
            other.start()
            other.join()
            return rendered(*told)

        monkeypatch.setattr(contents, "rendered_apart", first)

    return do


def test_what_is_saved_while_a_text_is_rendered_is_not_lost(anns, eds, draft, meanwhile):
    seen = anns.get(f"/posts/{draft.id}")
    change = {"summary": "Ann's", "version": seen.json["version"]}
    for sent, headers, status in (
        ({"summary": "Ann's"}, {"If-Match": seen.headers["ETag"]}, 412),
        (change, {}, 409),
    ):
        meanwhile(lambda: eds.patch(f"/posts/{draft.id}", json={"summary": "Ed's"}))
        assert anns.patch(f"/posts/{draft.id}", json=sent, headers=headers).status_code == status
        assert draft.summary == "Ed's"
    versions = [one.version for one in db.session.scalars(draft.revisions.select())]
    assert len(versions) == len(set(versions))


def test_what_two_contradict_is_told_with_both_sides(anns, eds, draft):
    version = draft.version
    assert eds.patch(f"/posts/{draft.id}", json={"title": "Ed's", "version": version}).status_code == 200
    said = problem_of(anns.patch(f"/posts/{draft.id}", json={"title": "Ann's", "version": version}), 409)
    assert said["conflicts"]["title"] == {"yours": "Ann's", "theirs": "Ed's", "ancestor": "A draft"}


def test_the_same_key_makes_no_second_post(anns):
    send = lambda title: anns.post("/posts", json={"title": title}, headers={"Idempotency-Key": "k1"})  # noqa: E731
    first, again = send("Once"), send("Once")
    assert (again.status_code, again.json, again.headers["Location"]) == (
        201,
        first.json,
        first.headers["Location"],
    )
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 1
    assert problem_of(send("Other"), 422)["errors"][0]["header"] == "Idempotency-Key"


# -- bad input


BAD = [
    (b"", "application/json", 400, "not JSON"),
    (b"{", "application/json", 400, "line 1"),
    (b"[]", "application/json", 400, "a list"),
    (b'{"title": "a", "title": "b"}', "application/json", 400, "twice"),
    (b'{"title": NaN}', "application/json", 400, "NaN"),
    (b'{"title": "\xff"}', "application/json", 400, "UTF-8"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, "application/json", 400, "deeper"),
    (b'{"a":' * 20000 + b"1" + b"}" * 20000, "application/json", 400, "deeper"),
    (b'{"version": ' + b"1" * 5000 + b"}", "application/json", 400, "JSON"),
    (b"title=x", "application/x-www-form-urlencoded", 415, "application/json"),
    (b'{"title": "x"}', "text/plain", 415, "application/json"),
    (rb'{"\ud800": 1}', "application/json", 400, "half of a character"),
]


@pytest.mark.parametrize(("body", "type_", "status", "words"), BAD)
def test_what_cannot_be_read_is_said_so(anns, body, type_, status, words):
    answer = anns.post("/posts", data=body, content_type=type_)
    assert words in problem_of(answer, status)["detail"]
    assert db.session.scalar(db.select(Post)) is None


WRONG = [
    ({"title": 7}, "/title", "a text is wanted"),
    ({"colour": "red"}, "/colour", "Known are: "),
    ({"tags": "one, two"}, "/tags", "a list of names"),
    ({"tags": ["one, two"]}, "/tags", "without commas"),
    ({"unlisted": "yes"}, "/unlisted", "true or false"),
    ({"series_position": 1.5}, "/series_position", "a whole number"),
    ({"series_position": True}, "/series_position", "a whole number"),
    ({"published_at": "tomorrow"}, "/published_at", "RFC 3339"),
    ({"published_at": "2027-05-31T09:00"}, "/published_at", "its zone"),
    ({"title": "x" * 1000}, "/title", "too long"),
    ({"language": "xx"}, "/language", "from the list"),
    ({"series": "none"}, "/series", "from the list"),
    ({"cover": "/uploads/none.png"}, "/cover", "no such picture"),
    ({"csrf_token": "x"}, "/csrf_token", "Not known"),
]


@pytest.mark.parametrize(("sent", "pointer", "words"), WRONG, ids=str)
def test_what_is_wrong_is_said_at_its_place(anns, sent, pointer, words):
    said = problem_of(anns.post("/posts", json=sent), 422)
    assert said["errors"][0]["pointer"] == pointer
    assert words in said["errors"][0]["detail"]
    assert db.session.scalar(db.select(Post)) is None


def test_a_body_that_is_packed_is_refused(anns):
    packed = {"Content-Encoding": "gzip"}
    problem_of(anns.post("/posts", json={"title": "x"}, headers=packed), 415)


def test_what_is_no_choice_is_told_what_there_is(adas, ann):
    said = problem_of(adas.patch(f"/people/{ann.id}", json={"role": "chief"}), 422)
    assert said["errors"] == [{"pointer": "/role", "detail": "There are: reader, author, editor, admin."}]


def test_an_address_that_is_not_there_is_told_in_json(stranger):
    assert "/api/v1" in problem_of(stranger.get("/nonsense"), 404)["detail"]
    assert problem_of(stranger.get("/posts/999"), 404)
    answer = stranger.delete("/posts")
    assert problem_of(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_page_of_whole_texts_is_a_short_one(stranger, post):
    said = problem_of(stranger.get("/posts?limit=21&fields=id,body"), 400)["errors"]
    assert (said[0]["parameter"], "no more than 20" in said[0]["detail"]) == ("limit", True)
    assert stranger.get("/posts?limit=20&fields=id,body").json["items"][0]["body"]
