from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post
from markup import Page

JANUARY = datetime(2027, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_january() -> Iterator[None]:
    """Before anybody signs in: a session would not live to see another date."""
    with time_machine.travel(JANUARY):
        yield


@pytest.fixture
def anns(sign_in, ann):
    """Ann's browser. She lives in Berlin."""
    ann.timezone = "Europe/Berlin"
    return sign_in(ann)


def publication(post: Post) -> str:
    return f"/desk/posts/{post.id}/publication"


def error(answer) -> str:
    return Page(answer.text).one("p", id="published_at-error").text


def flashes(client, post: Post) -> str:
    page = Page(client.get(f"/desk/posts/{post.id}/edit").text)
    return " ".join(one.text for one in page.all("div", class_="flash"))


def test_a_draft_is_published(anns, client, draft):
    answer = anns.submit(publication(draft))
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{draft.id}/edit")
    assert client.get(draft.path).status_code == 200
    assert "Published. Readers see it" in flashes(anns, draft)


def test_what_was_just_typed_is_saved_and_published_with_one_press(anns, client, draft):
    anns.submit(
        publication(draft), {"title": "Now ready", "body": "All *done*.", "tags": "News", "version": 1}
    )
    assert draft.is_published
    assert "<em>done</em>" in client.get(draft.path).text
    assert (draft.title, [tag.name for tag in draft.tags]) == ("Now ready", ["News"])


def test_a_new_post_is_written_and_published_with_one_press(anns, client):
    answer = anns.submit("/desk/posts/new/publication", {"title": "At once", "body": "Here."})
    post = db.session.scalars(db.select(Post)).one()
    assert answer.location == f"/desk/posts/{post.id}/edit"
    assert client.get(post.path).status_code == 200


def test_publishing_twice_changes_nothing(anns, draft):
    anns.submit(publication(draft))
    at = draft.published_at
    anns.submit(publication(draft))
    assert draft.published_at == at


def test_readers_need_a_title(anns, draft):
    answer = anns.submit(publication(draft), {"title": "", "body": "Kept"})
    assert answer.status_code == 422
    assert "Readers need a title" in answer.text
    assert "Kept" in answer.text
    assert draft.state == "draft"


# -- at a time


def test_a_time_to_come_schedules_by_the_authors_clock(anns, client, draft):
    anns.submit(publication(draft), {"published_at": "2027-01-20T09:00"})
    assert draft.state == "scheduled"
    assert draft.published_at == datetime(2027, 1, 20, 8, tzinfo=UTC)
    assert client.get(draft.path).status_code == 404
    assert "Scheduled: readers will see it from" in flashes(anns, draft)
    with time_machine.travel(JANUARY + timedelta(days=5)):
        assert client.get(draft.path).status_code == 200


def test_a_program_may_say_the_offset(anns, draft):
    anns.submit(publication(draft), {"published_at": "2027-07-01T09:00:00+05:30"})
    assert draft.published_at == datetime(2027, 7, 1, 3, 30, tzinfo=UTC)


def test_a_past_time_dates_the_post(anns, client, draft):
    anns.submit(publication(draft), {"published_at": "2019-04-01T12:00"})
    assert draft.is_published
    assert draft.published_at == datetime(2019, 4, 1, 10, tzinfo=UTC)


def test_the_date_of_a_draft_counts_when_it_is_published(anns, draft):
    anns.submit(f"/desk/posts/{draft.id}/edit", {"published_at": "2027-01-20T09:00"})
    assert draft.state == "draft"
    anns.submit(publication(draft))
    assert draft.state == "scheduled"


def test_a_time_that_the_clocks_skip_is_refused(anns, draft):
    answer = anns.submit(publication(draft), {"published_at": "2027-03-28T02:30"})
    assert answer.status_code == 422
    assert "clocks skip this time" in error(answer)
    assert "2027-03-28T02:30" in answer.text
    assert draft.state == "draft"


def test_of_a_time_that_comes_twice_the_first_is_meant_and_said(anns, draft):
    anns.submit(publication(draft), {"published_at": "2027-10-31T02:30"})
    assert draft.published_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "The first is meant" in flashes(anns, draft)


def test_a_second_time_round_is_not_moved_by_saving(anns, draft):
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    draft.schedule(second)
    anns.submit(f"/desk/posts/{draft.id}/edit", {"title": "Changed", "published_at": "2027-10-31T02:30"})
    assert draft.published_at == second


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2027-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "1"]
)
def test_a_time_that_is_none_is_refused(anns, draft, typed):
    answer = anns.submit(publication(draft), {"published_at": typed})
    assert answer.status_code == 422
    assert error(answer)
    assert typed in answer.text


def test_a_scheduled_post_is_moved_by_scheduling_it_again(anns, draft):
    at = clock.now() + timedelta(days=1)
    draft.schedule(at)
    anns.submit(f"/desk/posts/{draft.id}/edit", {"published_at": "2999-01-01T09:00"})
    assert (draft.state, draft.published_at) == (
        "scheduled",
        at,
    )  # a save holds the new date as it holds words
    anns.submit(publication(draft))
    assert (draft.state, draft.published_at.year) == ("scheduled", 2999)


def test_a_scheduled_post_keeps_needing_its_date(anns, draft):
    draft.schedule(clock.now() + timedelta(days=1))
    answer = anns.submit(f"/desk/posts/{draft.id}/edit", {"published_at": ""})
    assert answer.status_code == 422
    assert "Unpublish it" in error(answer)


def test_a_scheduled_post_is_published_now(anns, draft):
    draft.schedule(clock.now() + timedelta(days=1))
    page = Page(anns.get(f"/desk/posts/{draft.id}/edit").text)
    form = next(form for form in page.all("form", action=publication(draft)))
    anns.submit(form["action"], {"published_at": form.one("input", name="published_at").value})
    assert draft.is_published


# -- and back


def test_a_post_is_unpublished(anns, client, post):
    answer = anns.submit(f"{publication(post)}/delete")
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert post.state == "draft"
    assert client.get(post.path).status_code == 404


def test_publishing_requires_sign_in(client, draft):
    assert client.submit(publication(draft)).status_code in (401, 403)
    assert draft.state == "draft"


def test_readers_publish_nothing(sign_in, rea, draft):
    assert sign_in(rea).submit(publication(draft)).status_code == 403


def test_publishing_asks_the_database_little(anns, draft, queries):
    with queries() as asked:
        anns.submit(publication(draft), {"title": "Quick", "body": "Text", "tags": "One, Two"})
    assert len(asked) <= 23
