from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, Site
from markup import Page


def test_newest_post_leads_and_the_others_follow(client, publish_many):
    publish_many(6)
    page = Page(client.get("/").text)
    assert page.headlines == [f"Post {number}" for number in range(1, 7)]
    assert page.one("article", class_="lead").one("h2").text == "Post 1"


@pytest.mark.parametrize("lead_has_one", [True, False])
def test_the_first_picture_alone_is_loaded_at_once(client, publish_many, lead_has_one):
    publish_many(9)
    for number, post in enumerate(db.session.scalars(Post.published().order_by(Post.published_at.desc()))):
        if number or lead_has_one:
            post.picture = {"src": f"/uploads/{number}.png", "width": 800, "height": 600}
    db.session.commit()
    first, *others = Page(client.get("/").text).all("img")
    assert first["fetchpriority"] == "high"
    assert {one.get("loading") for one in others} == {"lazy"}


def test_pinned_post_comes_first(client, publish_many, post):
    publish_many(3)
    post.published_at = clock.now() - timedelta(days=400)
    post.pin()
    db.session.commit()
    assert Page(client.get("/").text).headlines[0] == "A published post"


def test_draft_is_hidden_from_everybody(client, sign_in, ed, draft):
    assert "A draft" not in client.get("/").text
    assert "A draft" not in sign_in(ed).get("/").text


def test_scheduled_post_appears_because_time_passes(client, draft):
    draft.schedule(clock.now() + timedelta(hours=1))
    db.session.commit()
    assert "A draft" not in client.get("/").text
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert "A draft" in client.get("/").text


def test_expired_post_vanishes_because_time_passes(client, post):
    post.expires_at = clock.now() + timedelta(hours=1)
    db.session.commit()
    assert "A published post" in client.get("/").text
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert "A published post" not in client.get("/").text


def test_trashed_post_is_gone(client, post):
    post.trash()
    assert "A published post" not in client.get("/").text


def test_second_page_goes_on_where_the_first_ends(client, publish_many):
    Site.load().change(posts_per_page=5)
    publish_many(7)
    first, second = Page(client.get("/").text), Page(client.get("/?page=2").text)
    assert first.headlines == [f"Post {number}" for number in range(1, 6)]
    assert second.headlines == ["Post 6", "Post 7"]
    assert first.one("a", rel="next")["href"] == "/?page=2"
    assert second.one("a", rel="prev")["href"] == "/"


def test_title_of_a_further_page_has_its_number(client, publish_many):
    Site.load().change(posts_per_page=5)
    publish_many(7)
    assert "Page 2" in Page(client.get("/?page=2").text).one("title").text
    assert "Page" not in Page(client.get("/").text).one("title").text


@pytest.mark.parametrize("number", ["0", "-1", "x", "01", "1.5", "٣", "", "2", "999999999999999999999"])
def test_page_that_does_not_exist_is_not_found(client, post, number):
    assert client.get("/", query_string={"page": number}).status_code == 404


def test_first_page_has_one_address(client, post):
    answer = client.get("/?page=1&from=a+friend")
    assert (answer.status_code, answer.location) == (301, "/?from=a+friend")


def test_site_without_posts_says_so(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Nothing has been published yet" in answer.text


def test_head_has_the_headers_of_get(client, post):
    head, get = client.head("/"), client.get("/")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


def test_refuses_other_methods(client):
    assert client.post("/").status_code == 405


def test_page_that_has_not_changed_is_not_sent_again(client, post):
    etag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304
    post.revise(by=None, title="Another title")
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("count", [50, 500])
def test_asks_four_questions_however_many_posts_there_are(client, publish_many, queries, count):
    publish_many(count)
    client.get("/")
    with queries() as asked:
        client.get("/")
    assert len(asked) == 4, asked  # settings, how many, these posts, their authors and tags
