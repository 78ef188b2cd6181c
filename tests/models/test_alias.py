"""Redirects: what once was public is found for ever, in one step; what never was leaves no trace."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Alias, Page, Post, User


def paths() -> list[str]:
    return sorted(db.session.scalars(select(Alias.path)))


def move(page: Page, *slugs: str) -> None:
    for slug in slugs:
        page.revise(by=None, slug=slug)
        db.session.commit()


def leads(client: FlaskClient, path: str) -> str:
    """Where it redirects to, for good; "" if it does not."""
    answer = client.get(path)
    assert answer.status_code in (200, 301, 404)
    return answer.location or ""


@pytest.fixture
def public(page: Page) -> Page:
    page.publish()
    db.session.commit()
    return page


def test_each_former_address_of_a_page_leads_to_the_present_one_in_one_step(
    client: FlaskClient, public: Page
) -> None:
    move(public, "first", "second", "third")
    assert [leads(client, path) for path in ("/imprint", "/first", "/second")] == ["/third"] * 3
    assert leads(client, "/third") == ""


def test_page_that_returns_to_a_former_address_makes_no_circle(client: FlaskClient, public: Page) -> None:
    move(public, "first", "imprint", "first", "imprint")
    assert leads(client, "/imprint") == ""
    assert leads(client, "/first") == "/imprint"
    assert paths() == ["/first"]


def test_draft_and_what_is_only_scheduled_leave_no_redirect(app: Flask, page: Page) -> None:
    page.unpublish()
    page.once_public = False
    move(page, "first", "second")
    page.schedule(clock.now() + timedelta(days=1))
    move(page, "third")
    assert paths() == []


def test_what_was_public_and_is_a_draft_again_is_found_when_it_comes_back(
    client: FlaskClient, public: Page
) -> None:
    public.unpublish()
    move(public, "moved")
    assert client.get("/imprint").status_code == 404
    public.publish()
    db.session.commit()
    assert leads(client, "/imprint") == "/moved"


def test_held_change_of_address_redirects_only_once_it_is_released(
    client: FlaskClient, public: Page, ada: User
) -> None:
    public.hold(by=ada, slug="moved")
    db.session.commit()
    assert (leads(client, "/imprint"), client.get("/moved").status_code) == ("", 404)
    public.release(by=ada)
    db.session.commit()
    assert leads(client, "/imprint") == "/moved"


def test_freed_address_belongs_to_whoever_stands_there(client: FlaskClient, public: Page, ada: User) -> None:
    move(public, "moved")
    other = Page()
    other.revise(by=ada, title="Another", body="Here now.", slug="imprint")
    db.session.commit()
    assert leads(client, "/imprint") == "/moved"  # readers do not see a draft
    other.publish()
    db.session.commit()
    assert leads(client, "/imprint") == ""
    move(other, "gone")
    assert leads(client, "/imprint") == "/gone"  # who stood there last
    assert leads(client, "/moved") == ""


def test_any_slug_of_a_post_leads_to_its_present_one(client: FlaskClient, post: Post) -> None:
    former = post.path
    for slug in ("second", "third"):
        post.revise(by=None, slug=slug)
    db.session.commit()
    for path in (former, f"/post/{post.id}/second", f"/post/{post.id}", f"/post/{post.id}/never-was"):
        assert leads(client, path) == f"/post/{post.id}/third"
    assert paths() == []


@pytest.mark.parametrize("path", ["/2019/01/old-one", "/2019/01/old-one/", "/2019/01/old-one.html"])
def test_imported_address_is_found_however_it_is_spelt(client: FlaskClient, post: Post, path: str) -> None:
    Alias.keep("/2019/01/old-one/index.html", post)
    db.session.commit()
    assert leads(client, path) == post.path


def test_imported_address_gives_way_to_a_page_and_comes_back_after_it(
    client: FlaskClient, post: Post, public: Page
) -> None:
    Alias.keep("/contact-us", post)
    move(public, "contact-us")
    assert leads(client, "/contact-us") == ""
    assert paths() == ["/imprint"]


def test_redirect_to_what_readers_do_not_see_is_none(client: FlaskClient, post: Post) -> None:
    Alias.keep("/old", post)
    post.trash()
    db.session.commit()
    assert client.get("/old").status_code == 404


def test_redirects_go_with_what_they_lead_to(app: Flask, post: Post) -> None:
    Alias.keep("/old", post)
    post.trash()
    post.delete()
    db.session.commit()
    assert paths() == []
