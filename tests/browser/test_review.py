"""From the author to the editor and back, until it is published; guests with a link; also without scripts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Note, Post, PreviewLink, Site, User
from broadsheet.web import preview_links
from newsroom import LiveSite, flaws, sign_in


def edit_address(site: LiveSite, title: str) -> str:
    with site.app.app_context():
        id = db.session.scalars(select(Post.id).where(Post.title == title)).one()
    return f"{site.url}/desk/posts/{id}/edit"


def become(page: Page, site: LiveSite, username: str) -> None:
    page.context.clear_cookies()
    sign_in(page, site, username)


def the_editors_publish(site: LiveSite) -> None:
    with site.app.app_context():
        Site.load().change(authors_publish=False)
        db.session.commit()


def test_a_text_goes_to_the_editor_comes_back_and_is_published_without_javascript(
    live_site: LiveSite, plain: Page
) -> None:
    the_editors_publish(live_site)
    become(plain, live_site, "ann")
    plain.goto(f"{live_site.url}/desk/posts/new")
    expect(plain.get_by_role("button", name="Publish")).to_have_count(0)
    plain.locator("#title").fill("What ten years of surveys tell us")
    plain.locator("[name=body]").fill("The first version.")
    plain.locator("[name=question]").fill("Is the end clear?")
    plain.get_by_role("button", name="Send for review").first.click()
    expect(plain.locator(".flash")).to_contain_text("Sent for review")
    expect(plain.locator(".editor-facts .state-in_review")).to_have_text("In review")

    become(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk/posts")
    plain.get_by_role("link", name=re.compile("^In review 1")).click()
    plain.get_by_role("link", name="What ten years of surveys tell us").click()
    expect(plain.locator(".review-box")).to_contain_text("Is the end clear?")
    plain.locator("[name=answer]").fill("Not quite: one more sentence.")
    plain.get_by_role("button", name="Return with this note").click()
    expect(plain.locator(".flash")).to_contain_text("Returned")

    become(plain, live_site, "ann")
    plain.goto(edit_address(live_site, "What ten years of surveys tell us"))
    expect(plain.locator(".review-box")).to_contain_text("Not quite: one more sentence.")
    plain.locator("[name=body]").fill("The first version, and one more sentence.")
    plain.get_by_role("button", name="Send for review").first.click()

    become(plain, live_site, "ed")
    plain.goto(edit_address(live_site, "What ten years of surveys tell us"))
    plain.get_by_role("button", name="Publish").first.click()
    expect(plain.get_by_role("link", name="See it on the site")).to_be_visible()
    plain.context.clear_cookies()
    plain.goto(live_site.url)
    plain.get_by_role("link", name="What ten years of surveys tell us").first.click()
    expect(plain.locator("article.post")).to_contain_text("one more sentence")


def test_enter_in_the_title_saves_and_neither_publishes_nor_sends(live_site: LiveSite, visitor: Page) -> None:
    become(visitor, live_site, "ann")
    visitor.goto(edit_address(live_site, "Not yet"))
    visitor.locator("#title").fill("Entered")
    visitor.locator("#title").press("Enter")
    expect(visitor.locator(".flash")).to_contain_text("Saved")
    expect(visitor.locator(".editor-facts .state")).to_have_text("Draft")


def test_a_note_beside_the_text_costs_no_word_of_it(live_site: LiveSite, visitor: Page) -> None:
    become(visitor, live_site, "ed")
    visitor.goto(edit_address(live_site, "Not yet"))
    body = visitor.locator("[name=body]")
    body.fill("A draft, and what is not saved.")
    visitor.locator("#part-notes summary").first.click()
    body.evaluate("box => { box.focus(); box.setSelectionRange(2, 7); }")
    visitor.get_by_role("button", name="Quote the selection").click()
    expect(visitor.locator("[name=quote]")).to_have_value("draft")
    visitor.locator("[name=note]").fill("Say which.")
    visitor.get_by_role("button", name="Add the note").click()
    note = visitor.locator(".note")
    expect(note).to_contain_text("Say which.")
    expect(visitor.locator(".notes-said")).to_have_text("The note is added.")
    expect(body).to_have_value("A draft, and what is not saved.")
    # What it is about is shown in the text.
    note.get_by_role("button", name="draft").click()
    assert body.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == "draft"
    note.get_by_role("button", name="Resolve").click()
    expect(visitor.get_by_text("1 resolved note")).to_be_visible()
    visitor.get_by_text("1 resolved note").click()
    visitor.get_by_role("button", name="Reopen").click()
    expect(visitor.locator(".note:not(.note-resolved)")).to_have_count(1)
    expect(body).to_have_value("A draft, and what is not saved.")


def test_without_javascript_the_note_goes_to_a_window_of_its_own(live_site: LiveSite, plain: Page) -> None:
    become(plain, live_site, "ed")
    plain.goto(edit_address(live_site, "Not yet"))
    plain.locator("[name=body]").fill("Typed and not saved.")
    plain.locator("#part-notes summary").first.click()
    plain.locator("[name=note]").fill("Say which.")
    with plain.context.expect_page() as opened:
        plain.get_by_role("button", name="Add the note").click()
    expect(opened.value.locator(".note")).to_contain_text("Say which.")
    opened.value.get_by_role("button", name="Resolve").click()
    expect(opened.value.locator(".notes-resolved")).to_contain_text("1 resolved note")
    expect(plain.locator("[name=body]")).to_have_value("Typed and not saved.")


@pytest.mark.parametrize("window", ["plain", "visitor"])
def test_a_guest_reads_a_draft_and_leaves_a_note(
    live_site: LiveSite, window: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(window)
    become(page, live_site, "ann")
    page.goto(edit_address(live_site, "Not yet"))
    page.get_by_role("link", name="Preview links").click()
    page.locator("[name=label]").fill("Lea, for the facts")
    page.locator("[name=may_note]").check()
    page.get_by_role("button", name="Make the link").click()
    address = page.locator(".copy-text").input_value()

    page.context.clear_cookies()
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Not yet")
    assert page.context.cookies() == []
    page.locator("[name=name]").fill("Lea Guest")
    page.locator("textarea[name=note]").fill("It was on a Tuesday.")
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Leave the note").click()
    expect(page.locator(".guest-notes-list li")).to_contain_text("It was on a Tuesday.")
    assert page.context.cookies() == []

    become(page, live_site, "ann")
    page.goto(edit_address(live_site, "Not yet"))
    expect(page.locator("#part-notes")).to_contain_text("Lea Guest (guest)")
    page.get_by_role("link", name="Preview links").click()
    expect(page.locator(".preview-link")).to_contain_text("last seen")
    page.get_by_role("button", name=re.compile("^Revoke")).click()
    expect(page.locator(".preview-link")).to_contain_text("Revoked")
    page.context.clear_cookies()
    assert page.goto(address).status == 410
    expect(page.locator("h1")).to_have_text("This preview has been taken back")


@pytest.fixture(scope="module")
def newsroom_at_work(shared_site: LiveSite) -> dict[str, str]:
    """Pages on which everything of this chapter stands: address by name."""
    with shared_site.app.app_context():
        ann, ed = (db.session.scalars(User.known_as(name)).one() for name in ("ann", "ed"))
        post = Post()
        post.revise(by=ann, title="In review", body="Some *words* of it.", authors=[ann])
        review = post.request_review(by=ann, question="A first question?")
        db.session.flush()
        review.return_(by=ed, note="A first answer.")
        post.request_review(by=ann, question="A second question?")
        link = PreviewLink.create(
            post, by=ann, label="Lea", expires_at=clock.now() + timedelta(days=7), may_note=True
        )
        PreviewLink.create(post, by=ann, label="Old", expires_at=clock.now() - timedelta(days=7))
        Note.leave(post, body="A note by a guest.", name="Lea", through=link)
        Note.leave(post, body="A note.", quote="words", by=ed)
        db.session.commit()
        with shared_site.app.test_request_context():
            token = preview_links.token(link)
        desk = f"{shared_site.url}/desk/posts/{post.id}"
    return {
        "editor": f"{desk}/edit",
        "reviews": f"{desk}/reviews",
        "notes": f"{desk}/notes",
        "links": f"{desk}/preview-links",
        "guest": f"{shared_site.url}/preview/{token}",
    }


def test_all_of_it_is_accessible(
    browser: Browser, shared_site: LiveSite, newsroom_at_work: dict[str, str]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, shared_site, "ed")
    found = {}
    for name, address in newsroom_at_work.items():
        page.goto(address)
        if problems := flaws(page):
            found[name] = problems
    context.close()
    assert not found
