"""Links: kept with the text that readers see, however it is written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Alias, Link, OutgoingAddress, Page, Post, User
from broadsheet.models.link import DEAD_AFTER, DEAD_AFTER_FAILURES, place

Queries = Callable[[], AbstractContextManager[list[str]]]


def written(by: User, body: str, **more: object) -> Post:
    post = Post()
    post.revise(by=by, title="Text", body=body, authors=[by], tags=[], **more)
    db.session.commit()
    return post


def led(text: Post | Page) -> list[tuple[str, str, str]]:
    links = db.session.scalars(Link.of(text))
    return [(link.path, link.fragment, link.outgoing.url if link.outgoing else "") for link in links]


def test_links_are_kept_once_each_without_what_is_no_address(ann: User) -> None:
    post = written(
        ann,
        "[a](/about) [b](/about/) [c](/about.html#who) [d](mailto:a@example.org) [e](tel:1) [f](#own)"
        " [g](https://Example.org:443/x?y=1#part) [h](https://example.org/x?y=1)",
    )
    assert sorted(led(post)) == [
        ("", "", "https://example.org/x?y=1"),
        ("/about", "", ""),
        ("/about", "who", ""),
    ]


def test_post_is_known_by_its_number_whatever_follows_it(ann: User, post: Post) -> None:
    other = written(ann, f"[a](/post/{post.id}) [b](/post/{post.id}/an-older-slug#first)")
    assert led(other) == [(f"/post/{post.id}", "", ""), (f"/post/{post.id}", "first", "")]
    assert {link.text for link in db.session.scalars(Link.to(post))} == {other}


def test_our_own_whole_address_leads_within(app: Flask, ann: User) -> None:
    from broadsheet.models import Site

    Site.load().remember_address("https://news.example.org")
    db.session.commit()
    post = written(ann, "[a](https://NEWS.example.org/about#x) [b](https://other.example.org/)")
    assert led(post) == [("/about", "x", ""), ("", "", "https://other.example.org/")]


def test_fragment_is_decoded(ann: User) -> None:
    assert led(written(ann, "[a](/about#caf%C3%A9)")) == [("/about", "café", "")]


def test_revision_puts_new_links_in_the_place_of_the_old(ann: User) -> None:
    post = written(ann, "[a](/about) [x](https://example.org/)")
    post.revise(by=ann, body="[a](/contact) [x](https://example.org/)")
    db.session.commit()
    assert led(post) == [("/contact", "", ""), ("", "", "https://example.org/")]
    assert db.session.query(OutgoingAddress).count() == 1


def test_links_go_with_their_text_and_the_address_with_the_last_link(ann: User) -> None:
    post = written(ann, "[x](https://example.org/)")
    post.trash()
    post.delete()
    db.session.commit()
    assert db.session.query(Link).count() == 0
    assert OutgoingAddress.forget_unlinked() == 1


def test_rollback_keeps_nothing(ann: User) -> None:
    post = written(ann, "[a](/about)")
    post.revise(by=ann, body="[b](/contact)")
    db.session.flush()
    db.session.rollback()
    assert led(post) == [("/about", "", "")]


def test_former_address_counts_as_a_link_to_the_page(ann: User, page: Page) -> None:
    Alias.keep("/old/imprint", page)
    other = written(ann, "[a](/old/imprint) [b](/imprint)")
    assert {link.text for link in db.session.scalars(Link.to(page))} == {other}


def test_text_that_links_to_itself_is_none_of_those_that_lead_there(ann: User) -> None:
    post = written(ann, "Text")
    post.revise(by=ann, body=f"[self](/post/{post.id}#x)")
    db.session.commit()
    assert db.session.scalars(Link.to(post)).all() == []


def test_many_texts_are_written_in_a_handful_of_statements(ann: User, queries: Queries) -> None:
    def write(count: int) -> int:
        posts = []
        for number in range(count):
            post = Post()
            body = f"[a](/post/{number}) [b](https://{count}-{number}.example.org/)"
            post.revise(by=None, title=f"{number}", body=body, authors=[ann], tags=[], reason="imported")
            posts.append(post)
        with queries() as asked:
            db.session.flush()
        db.session.commit()
        return len([one for one in asked if "links" in one or "outgoing" in one])

    assert write(40) <= write(4) + 2


def test_old_texts_get_their_links_by_being_rendered_anew(ann: User) -> None:
    post = written(ann, "[a](/about)")
    db.session.query(Link).delete()
    db.session.execute(update(Post).values(rendered_with=1))
    db.session.commit()
    before = post.updated_at, post.version
    assert [Post.render_anew(clock.now()), Post.render_anew(clock.now())] == [1, 0]
    db.session.commit()
    assert led(post) == [("/about", "", "")]
    assert (post.updated_at, post.version) == before


@pytest.mark.parametrize(
    ("path", "spelt"),
    [
        ("/post/7/slug", "/post/7"),
        ("/post/007", "/post/7"),
        ("/post/7/slug.md", "/post/7"),
        ("/about/", "/about"),
        ("/%C3%BCber", "/über"),
        ("/", "/"),
        ("/posts/7", "/posts/7"),
    ],
)
def test_place_has_one_spelling(path: str, spelt: str) -> None:
    assert place(path) == spelt


# -- dead or alive


def test_address_is_dead_only_after_several_failures_over_days(ann: User, post: Post) -> None:
    post.revise(by=ann, body="[x](https://example.org/)")
    db.session.commit()
    address = db.session.scalars(select(OutgoingAddress)).one()
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(DEAD_AFTER_FAILURES + 2):  # all within a minute: a broken hour, not a broken link
            address.failed("Nobody answers.")
        assert address.dead_since is None
        time.shift(DEAD_AFTER)
        address.failed("Nobody answers.")
        assert address.dead_since == clock.now()
        assert db.session.scalars(OutgoingAddress.dead()).all() == [address]
        time.shift(timedelta(days=7))
        address.answered(200)
        assert (address.dead_since, address.failures) == (None, 0)


def test_only_what_readers_can_follow_is_looked_at(ann: User, post: Post) -> None:
    written(ann, "[x](https://secret.example.org/)")  # a draft's
    post.revise(by=ann, body="[x](https://example.org/)")
    db.session.commit()
    assert [one.url for one in db.session.scalars(OutgoingAddress.due(clock.now()))] == [
        "https://example.org/"
    ]
    post.unpublish()
    db.session.commit()
    assert db.session.scalars(OutgoingAddress.due(clock.now())).all() == []


def test_a_host_longer_than_names_can_be_is_no_address(ann: User) -> None:
    assert led(written(ann, f"[a](https://{'a.' * 150}com/)")) == []
