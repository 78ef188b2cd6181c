"""The list of links to other sites at the desk."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, OutgoingAddress, Post, Submission, User
from markup import Page
from stage import Client

SignIn = Callable[[User], Client]
Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def dead(post: Post, ann: User) -> OutgoingAddress:
    return die(post, ann, "https://gone.example.org/page")


def die(post: Post, by: User, *urls: str) -> OutgoingAddress:
    post.revise(by=by, body="\n\n".join(f"[x]({url})" for url in urls))
    db.session.flush()
    for address in db.session.scalars(select(OutgoingAddress)):
        for _ in range(4):
            address.failed("There is nothing any more (404).", 404)
        address.dead_since = clock.now() - timedelta(days=1)
    db.session.commit()
    return address


def test_empty_list_says_what_will_stand_there(sign_in: SignIn, ed: User) -> None:
    assert "No dead links" in Page(sign_in(ed).get("/desk/links").text).one("main").text


def test_dead_link_is_listed_with_its_posts_and_a_copy(
    sign_in: SignIn, ed: User, post: Post, dead: OutgoingAddress
) -> None:
    page = Page(sign_in(ed).get("/desk/links").text)
    row = page.one("tbody").one("tr")
    assert row.one("a", href=dead.url).text == dead.url
    assert row.one("a", href=f"/desk/posts/{post.id}/edit").text == "A published post"
    assert row.all("a", href=f"https://web.archive.org/web/{dead.url}")
    assert "There is nothing any more (404)." in row.text
    assert "Dead since" in row.text


def test_ignored_link_leaves_the_list_and_comes_back(
    sign_in: SignIn, ed: User, dead: OutgoingAddress
) -> None:
    browser = sign_in(ed)
    assert browser.submit(f"/desk/links/{dead.id}/ignored").status_code == 303
    assert "No dead links" in browser.get("/desk/links").text
    assert dead.url in browser.get("/desk/links?view=ignored").text
    browser.submit(f"/desk/links/{dead.id}/ignored/delete")
    assert dead.url in browser.get("/desk/links").text


def test_link_can_be_checked_now(sign_in: SignIn, ed: User, dead: OutgoingAddress) -> None:
    assert sign_in(ed).submit(f"/desk/links/{dead.id}/check").status_code == 303


def test_link_of_a_text_in_the_trash_is_nobody_s_worry(
    sign_in: SignIn, ed: User, post: Post, dead: OutgoingAddress
) -> None:
    post.trash()
    db.session.commit()
    assert "No dead links" in sign_in(ed).get("/desk/links").text


def test_list_asks_as_many_questions_however_long_it_is(
    sign_in: SignIn, ed: User, post: Post, ann: User, queries: Queries
) -> None:
    browser = sign_in(ed)

    def count(number: int) -> int:
        die(post, ann, *(f"https://{number}.example.org/{one}" for one in range(number)))
        browser.get("/desk/links")
        with queries() as asked:
            browser.get("/desk/links")
        return len(asked)

    few = count(2)
    assert count(25) == few
    assert few <= 16, few


def test_view_that_does_not_exist_is_said_and_lists_nothing(
    sign_in: SignIn, ed: User, dead: OutgoingAddress
) -> None:
    answer = sign_in(ed).get("/desk/links?view=nonsense%00")
    assert answer.status_code == 422
    assert "There is no view “nonsense" in answer.text
    assert dead.url not in answer.text


def test_who_set_a_link_aside_is_in_the_audit_log(sign_in: SignIn, ed: User, dead: OutgoingAddress) -> None:
    browser = sign_in(ed)
    for _ in range(2):  # pressed twice, done once
        browser.submit(f"/desk/links/{dead.id}/ignored")
    browser.submit(f"/desk/links/{dead.id}/ignored/delete")
    events = db.session.scalars(
        db.select(Event).where(Event.action.startswith("link_")).order_by(Event.id)
    ).all()
    assert [event.action for event in events] == ["link_ignored", "link_heeded"]
    assert {(event.actor_name, event.subject_label) for event in events} == {(ed.name, dead.url)}


def test_editor_shows_where_a_text_leads_and_who_leads_there(sign_in: SignIn, ann: User, post: Post) -> None:
    other = Post()
    body = f"[x](/post/{post.id}#first) [y](/nowhere) [z](https://example.org/)"
    other.revise(by=ann, title="It leads there", body=body, authors=[ann], tags=[])
    db.session.commit()
    browser = sign_in(ann)
    part = Page(browser.get(f"/desk/posts/{other.id}/edit").text).one("details", id="part-links")
    assert [link.text for link in part.all("a")] == [
        f"/post/{post.id}#first",
        "/nowhere",
        "https://example.org/",
    ]
    assert "nothing stands there" in part.text
    part = Page(browser.get(f"/desk/posts/{post.id}/edit").text).one("details", id="part-links")
    assert part.one("a", href=f"/desk/posts/{other.id}/edit").text == "It leads there"


@pytest.mark.parametrize("path", ["/post/" + "9" * 25, "/static/" + "a" * 300, "/uploads/" + "a" * 300])
def test_a_link_to_where_nothing_can_stand_does_not_break_the_editor(
    sign_in: SignIn, ed: User, path: str
) -> None:
    piece = Submission.receive(name="Sue", email="sue@example.org", title="A piece", body=f"[here]({path})")
    db.session.commit()
    browser = sign_in(ed)
    draft = browser.submit(f"/desk/submissions/{piece.id}/acceptance", {"author": "0"}).location
    assert "nothing stands there" in browser.get(draft).text
