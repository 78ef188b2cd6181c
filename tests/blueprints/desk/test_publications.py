from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Page as ContentPage
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


def flashes(client, content) -> str:
    page = Page(client.get(f"/desk/{content.kind}s/{content.id}/edit").text)
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
    # Three keep the words for the search, two leave a job behind, one asks on SQLite which numbers the new
    # tags may have; what a worker does with it comes later.
    until_acknowledged = next(at for at, query in enumerate(asked) if query.startswith("UPDATE jobs"))
    assert until_acknowledged <= 31


# -- until a time


def until_error(answer) -> str:
    assert answer.status_code == 422
    return Page(answer.text).one("p", id="expires_at-error").text


def test_a_post_is_published_until_a_time_by_the_authors_clock(anns, client, draft):
    anns.submit(publication(draft), {"expires_at": "2027-01-20T09:00"})
    assert draft.expires_at == datetime(2027, 1, 20, 8, tzinfo=UTC)
    assert client.get(draft.path).status_code == 200
    with time_machine.travel(JANUARY + timedelta(days=5)):
        assert client.get(draft.path).status_code == 404
        assert "A draft" not in client.get("/").text


def test_from_a_time_until_a_time(anns, client, draft):
    anns.submit(publication(draft), {"published_at": "2027-01-18T09:00", "expires_at": "2027-01-20T09:00"})
    for days, status in ((0, 404), (4, 200), (6, 404)):
        with time_machine.travel(JANUARY + timedelta(days=days)):
            assert client.get(draft.path).status_code == status


@pytest.mark.parametrize("date", ["2027-01-20T09:00", "2027-01-20T09:01"])
def test_the_end_comes_after_the_beginning(anns, draft, date):
    answer = anns.submit(publication(draft), {"published_at": date, "expires_at": "2027-01-20T09:00"})
    assert "must end after the date" in until_error(answer)
    assert date in answer.text
    assert draft.state == "draft"


def test_an_end_in_the_past_is_refused(anns, draft, post):
    for content in (draft, post):
        answer = anns.submit(f"/desk/posts/{content.id}/edit", {"expires_at": "2027-01-15T12:00"})
        assert "over already" in until_error(answer)
    assert (draft.expires_at, post.expires_at) == (None, None)


def test_an_end_that_the_clocks_skip_is_refused(anns, draft):
    answer = anns.submit(publication(draft), {"expires_at": "2027-03-28T02:30"})
    assert "clocks skip this time" in until_error(answer)


def test_of_an_end_that_comes_twice_the_first_is_meant_and_said(anns, draft):
    anns.submit(publication(draft), {"expires_at": "2027-10-31T02:30"})
    assert draft.expires_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "The first is meant" in flashes(anns, draft)


def test_a_night_between_two_clocks_is_as_long_as_it_is(anns, draft):
    """From half past two, the first time, until two hours later by the clock: three hours."""
    anns.submit(publication(draft), {"published_at": "2027-10-31T02:30", "expires_at": "2027-10-31T04:30"})
    assert draft.expires_at - draft.published_at == timedelta(hours=3)


def test_the_end_of_a_live_post_moves_without_publishing_what_is_held(anns, post):
    before = post.body
    data = {"body": "Not for readers yet.", "expires_at": "2027-02-01T09:00"}
    anns.submit(f"{publication(post)}/end", data)
    assert post.expires_at == datetime(2027, 2, 1, 8, tzinfo=UTC)
    assert post.body == before
    assert post.has_held_changes
    assert post.working()["body"] == "Not for readers yet."
    assert "Readers see it until" in flashes(anns, post)


def test_an_end_alone_leaves_nothing_held(anns, post):
    anns.submit(f"{publication(post)}/end", {"expires_at": "2027-02-01T09:00"})
    assert not post.has_held_changes
    anns.submit(f"{publication(post)}/end", {"expires_at": ""})
    assert (post.expires_at, post.has_held_changes) == (None, False)
    assert "without an end" in flashes(anns, post)


def test_an_end_that_is_only_saved_is_held_until_the_changes_are_published(anns, post):
    anns.submit(f"/desk/posts/{post.id}/edit", {"expires_at": "2027-02-01T09:00"})
    assert (post.expires_at, post.has_held_changes) == (None, True)
    anns.submit(publication(post))
    assert post.expires_at == datetime(2027, 2, 1, 8, tzinfo=UTC)
    assert not post.has_held_changes


def test_an_expired_post_is_published_again_without_its_end(anns, client, post):
    post.schedule(JANUARY - timedelta(days=2))
    post.end(JANUARY - timedelta(hours=1))
    assert post.state == "expired"
    anns.submit(f"/desk/posts/{post.id}/edit", {"title": "Still over"})
    assert post.state == "expired"
    anns.submit(publication(post), {"version": str(post.version), "expires_at": "2027-01-15T12:00"})
    assert post.is_published
    assert post.expires_at is None


def test_the_panel_says_in_words_what_will_happen(anns, draft):
    def words() -> str:
        return Page(anns.get(f"/desk/posts/{draft.id}/edit").text).one("p", id="what-will-happen").text

    assert words() == "Readers do not see it before it is published."
    assert "By the clocks of Europe/Berlin." in anns.get(f"/desk/posts/{draft.id}/edit").text
    anns.submit(publication(draft), {"published_at": "2027-01-18T09:00", "expires_at": "2027-01-20T09:00"})
    assert words().startswith("Readers will see it from Jan 18, 2027, 9:00")
    assert "It ends on Jan 20, 2027, 9:00" in words()
    with time_machine.travel(JANUARY + timedelta(days=4)):
        assert words().startswith("Readers have seen it since Jan 18, 2027")
    with time_machine.travel(JANUARY + timedelta(days=6)):
        assert words().startswith("Readers saw it until Jan 20, 2027")


def test_unpublishing_in_the_editor_saves_what_was_typed(anns, post):
    anns.submit(f"{publication(post)}/delete", {"version": str(post.version), "body": "Typed just now."})
    assert (post.state, post.body) == ("draft", "Typed just now.")


def test_pinning_in_the_editor_saves_what_was_typed(sign_in, ed, post):
    client = sign_in(ed)
    client.submit(f"/desk/posts/{post.id}/pin", {"version": str(post.version), "body": "Typed just now."})
    assert post.pinned
    assert post.working()["body"] == "Typed just now."


def test_a_new_address_of_what_readers_knew_is_told_with_the_former(anns, client, post, draft):
    was = post.path
    anns.submit(publication(post), {"slug": "elsewhere"})
    assert f"at {post.path}. The former address {was} leads there." in flashes(anns, post)
    assert client.get(was).location == post.path
    anns.submit(publication(post), {"summary": "The same address."})
    assert "former" not in flashes(anns, post)
    anns.submit(publication(draft), {"slug": "never-public-before"})
    assert "former" not in flashes(anns, draft)


# -- taken back, and that taken back


def taking_back(client, content) -> dict[str, str]:
    """What the button in the message would send."""
    page = Page(client.get(f"/desk/{content.kind}s/{content.id}/edit").text)
    form = next(one for one in page.all("form") if one["action"].endswith("/publication/undo"))
    return {"was": form.one("input", name="was")["value"]}


def undo(client, post: Post) -> object:
    return client.submit(f"{publication(post)}/undo", taking_back(client, post))


def test_unpublishing_is_taken_back_with_the_changes_that_were_held(anns, client, ann, post):
    post.end(JANUARY + timedelta(days=9))
    seen, since, until = post.body, post.published_at, post.expires_at
    post.hold(by=ann, body="Held *back*.", tags=[])
    db.session.commit()
    anns.submit(f"{publication(post)}/delete")
    assert (post.state, post.body) == ("draft", "Held *back*.")
    assert undo(anns, post).status_code == 303
    assert (post.state, post.body, [tag.name for tag in post.tags]) == ("published", seen, ["Notes"])
    assert (post.published_at, post.expires_at) == (since, until)
    assert post.has_held_changes
    assert (post.working()["body"], post.working()["tags"]) == ("Held *back*.", [])
    assert "Held" not in client.get(post.path).text
    assert "It is as it was" in flashes(anns, post)


def test_of_what_was_scheduled_the_schedule_comes_back(anns, draft):
    anns.submit(publication(draft), {"published_at": "2027-01-20T09:00", "expires_at": "2027-02-20T09:00"})
    times = (draft.published_at, draft.expires_at)
    anns.submit(f"{publication(draft)}/delete")
    assert draft.published_at is None
    undo(anns, draft)
    assert draft.state == "scheduled"
    assert (draft.published_at, draft.expires_at) == times
    assert not draft.has_held_changes


def test_taking_back_is_for_those_who_publish_and_not_for_what_somebody_made_up(sign_in, anns, ben, post):
    other = Post()
    other.revise(by=ben, title="Ben's", body="Other.", authors=list(post.authors))
    other.publish()
    db.session.commit()
    anns.submit(f"{publication(other)}/delete")
    of_other = taking_back(anns, other)
    anns.submit(f"{publication(post)}/delete")
    was = taking_back(anns, post)
    assert sign_in(ben).submit(f"{publication(post)}/undo", was).status_code == 404
    made_up = {"version": "1", "published_at": "2027-01-15T11:00:00+00:00"}
    for sent in ({}, made_up, {"was": was["was"][:-1]}, of_other):
        assert anns.submit(f"{publication(post)}/undo", sent).status_code == 400
    assert post.state == "draft"


def test_what_was_saved_since_is_not_published_by_taking_back(anns, ann, ben, post):
    anns.submit(f"{publication(post)}/delete")
    was = taking_back(anns, post)
    post.revise(by=None, authors=[ann, ben])
    db.session.commit()
    assert anns.submit(f"{publication(post)}/undo", was).status_code == 303
    assert (post.state, list(post.authors)) == ("draft", [ann, ben])
    assert "It was changed since, and stays a draft." in flashes(anns, post)


def test_a_draft_has_no_publication_to_take_back(anns, ann):
    draft = Post()
    draft.revise(by=ann, title="", body="Without a title.", authors=[ann])
    draft.date(JANUARY)
    db.session.commit()
    anns.submit(f"{publication(draft)}/delete")
    page = anns.get(f"/desk/posts/{draft.id}/edit").text
    assert "It is a draft already." in Page(page).one("div", class_="flash").text
    assert "/publication/undo" not in page


def test_taking_back_brings_it_out_of_the_trash(anns, post):
    anns.submit(f"{publication(post)}/delete")
    was = taking_back(anns, post)
    post.trash()
    db.session.commit()
    anns.submit(f"{publication(post)}/undo", was)
    assert post.state == "published"


def test_taking_back_answers_the_review_of_what_readers_see_again(anns, ann, post):
    anns.submit(f"{publication(post)}/delete")
    was = taking_back(anns, post)
    review = post.request_review(by=ann)
    db.session.commit()
    anns.submit(f"{publication(post)}/undo", was)
    assert (post.state, review.outcome, post.waiting_review()) == ("published", "published", None)


def test_an_address_that_was_only_held_leads_nowhere_after_taking_back(sign_in, ada, client, page):
    adas = sign_in(ada)
    page.hold(by=ada, slug="legal")
    db.session.commit()
    adas.submit(f"/desk/pages/{page.id}/publication/delete")
    adas.submit(f"/desk/pages/{page.id}/publication/undo", taking_back(adas, page))
    assert (page.path, page.working()["slug"]) == ("/imprint", "legal")
    assert client.get("/imprint").status_code == 200
    assert client.get("/legal").status_code == 404


def test_an_address_that_readers_knew_leads_on_after_taking_back(sign_in, ada, client, page):
    adas = sign_in(ada)
    page.revise(by=ada, slug="about-us")
    page.hold(by=ada, slug="imprint")
    db.session.commit()
    adas.submit(f"/desk/pages/{page.id}/publication/delete")
    adas.submit(f"/desk/pages/{page.id}/publication/undo", taking_back(adas, page))
    assert client.get("/imprint").location == "/about-us"


def test_an_address_that_another_page_took_stays_with_it(sign_in, ada, client, page):
    adas = sign_in(ada)
    page.hold(by=ada, slug="legal")
    db.session.commit()
    adas.submit(f"/desk/pages/{page.id}/publication/delete")
    was = taking_back(adas, page)
    other = ContentPage()
    other.revise(by=ada, title="Imprint", body="Another one.")
    db.session.commit()
    assert adas.submit(f"/desk/pages/{page.id}/publication/undo", was).status_code == 303
    assert (page.state, page.path, other.path) == ("published", "/legal", "/imprint")
    assert "Something else stands at /imprint by now. Readers see it at /legal." in flashes(adas, page)
