"""Redirects at the desk: seen, searched, added by hand, deleted."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from broadsheet.extensions import db
from broadsheet.models import Alias, Event, Page, Post, Tag, User
from markup import Page as Markup
from stage import Client

SignIn = Callable[[User], Client]
Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def editor(sign_in: SignIn, ed: User) -> Client:
    return sign_in(ed)


def test_lists_former_addresses_and_deletes_one(editor: Client, post: Post) -> None:
    alias = Alias.keep("/old/place", post)
    db.session.commit()
    row = Markup(editor.get("/desk/redirects").text).one("tbody")
    assert "/old/place" in row.text
    assert row.one("a", href=post.path).text == post.title
    assert editor.submit(f"/desk/redirects/{alias.id}/delete").status_code == 303
    assert editor.get("/old/place").status_code == 404


def test_searches_them(editor: Client, post: Post) -> None:
    Alias.keep("/2019/ferry", post)
    Alias.keep("/2020/train", post)
    db.session.commit()
    assert "/2020/train" not in Markup(editor.get("/desk/redirects?q=ferry").text).one("tbody").text
    assert "No redirect has that" in editor.get("/desk/redirects?q=boat").text


@pytest.mark.parametrize("target", ["/post/{post}", "/post/{post}/whatever", "/imprint", "/tag/notes"])
def test_adds_one_by_hand(editor: Client, post: Post, page: Page, target: str) -> None:
    page.publish()
    db.session.commit()
    sent = {"path": "/old-page/", "target": target.format(post=post.id)}
    assert editor.submit("/desk/redirects", sent).status_code == 303
    answer = editor.get("/old-page")
    assert answer.status_code == 301
    assert answer.location in (post.path, "/imprint", "/tag/notes")


@pytest.mark.parametrize(
    ("path", "target", "complaint"),
    [
        ("", "/post/{post}", "The address is missing."),
        ("old-page", "/post/{post}", "Write a path of this site"),
        ("//evil.example", "/post/{post}", "Write a path of this site"),
        ("/", "/post/{post}", "Write a path of this site"),
        ("/archive", "/post/{post}", "Something stands there itself"),
        ("/imprint", "/post/{post}", "Something stands there itself"),
        ("/post/{post}", "/imprint", "Something stands there itself"),
        ("/old", "", "The address is missing."),
        ("/old", "/nowhere", "No post, page, tag or series stands there."),
        ("/old", "https://example.org/", "No post, page, tag or series stands there."),
        ("/old", "/post/99999999999", "No post, page, tag or series stands there."),
        ("/old", "/archive", "No post, page, tag or series stands there."),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(
    editor: Client, post: Post, page: Page, path: str, target: str, complaint: str
) -> None:
    sent = {"path": path.format(post=post.id), "target": target.format(post=post.id)}
    answer = editor.submit("/desk/redirects", sent)
    assert answer.status_code == 422
    form = Markup(answer.text)
    assert complaint in form.one(class_="error-summary").text
    assert form.one("input", name="path").value == sent["path"]
    assert db.session.query(Alias).count() == 0


def test_list_asks_as_many_questions_however_long_it_is(editor: Client, post: Post, queries: Queries) -> None:
    def count() -> int:
        with queries() as asked:
            editor.get("/desk/redirects")
        return len(asked)

    Alias.keep("/first", post)
    db.session.commit()
    few = count()
    for number in range(40):
        Alias.keep(f"/old/{number}", Tag.named([f"T{number}"])[0])
    db.session.commit()
    assert count() <= few <= 12


@pytest.mark.parametrize("address", ["/post/" + "9" * 25, "/static/" + "a" * 300])
def test_address_at_which_nothing_can_stand_leads_nowhere(editor: Client, post: Post, address: str) -> None:
    assert editor.submit("/desk/redirects", {"path": "/old", "target": address}).status_code == 422
    assert editor.submit("/desk/redirects", {"path": address, "target": post.path}).status_code == 303


def test_who_added_or_deleted_one_is_in_the_activity(
    editor: Client, sign_in: SignIn, ada: User, post: Post
) -> None:
    editor.submit("/desk/redirects", {"path": "/by-hand", "target": post.path})
    alias = db.session.scalars(Alias.of("/by-hand")).one()
    editor.submit(f"/desk/redirects/{alias.id}/delete")
    assert len(db.session.scalars(db.select(Event).where(Event.action.startswith("redirect_"))).all()) == 2
    told = Markup(sign_in(ada).get("/desk/activity").text).one("main").text
    for what in ("added a redirect", "deleted a redirect"):
        assert f"Ed Editor {what}" in " ".join(told.split())
    assert f"→ {post.path}" in told
