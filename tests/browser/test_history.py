"""Two people in one text, and what a text once said: in real browsers, with a script and without."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, Presence, User
from newsroom import LiveSite, flaws, sign_in, window

EDIT = "/desk/posts/16/edit"  # Ann's draft
TEXT = "The first paragraph.\n\nThe second paragraph.\n\nThe third paragraph."


@pytest.fixture(params=["with a script", "without"])
def two(request: pytest.FixtureRequest, browser: Browser, live_site: LiveSite) -> Iterator[tuple[Page, Page]]:
    """Ann's window and Ed's, in browsers of their own; both have the same text open."""
    scripted = request.param == "with a script"
    anns = window(browser.new_context(java_script_enabled=scripted))
    eds = window(browser.new_context(java_script_enabled=scripted))
    ann, ed = next(anns), next(eds)
    sign_in(ann, live_site, "ann")
    sign_in(ed, live_site, "ed")
    ann.goto(live_site.url + EDIT)
    save(ann, TEXT)
    for page in (ann, ed):
        page.goto(live_site.url + EDIT)
        expect(body(page)).to_have_value(TEXT)
    yield ann, ed
    for windows in (anns, eds):
        next(windows, None)


def body(page: Page):
    return page.locator("textarea[name=body]")


def save(page: Page, text: str) -> None:
    page.wait_for_load_state()  # the page before may have been a form that was sent
    body(page).fill(text)
    with page.expect_navigation():  # which begins once the server has answered that it is there
        page.get_by_role("button", name="Save draft").click()


def test_two_people_see_each_other_and_their_changes_are_merged(
    two: tuple[Page, Page], live_site: LiveSite
) -> None:
    ann, ed = two
    expect(ed.get_by_text(re.compile("Ann Author has this open|Also here: Ann Author"))).to_be_visible()
    save(ed, TEXT.replace("third", "last"))
    save(ann, TEXT.replace("first", "very first"))
    expect(ann.get_by_text(re.compile("Your changes and theirs are merged"))).to_be_visible()
    merged = TEXT.replace("third", "last").replace("first", "very first")
    expect(body(ann)).to_have_value(merged)
    ed.goto(live_site.url + EDIT)
    expect(body(ed)).to_have_value(merged)


def test_who_was_here_lately_is_still_told_when_somebody_else_is_here(
    live_site: LiveSite, browser: Browser
) -> None:
    with live_site.app.app_context():
        post = db.session.get_one(Post, 16)
        for username, ago in (("ada", timedelta(minutes=5)), ("ed", timedelta())):
            user = db.session.scalars(User.known_as(username)).one()
            Presence.keep(db.session.connection(), post, user, opened=True)
            of_theirs = db.update(Presence).where(Presence.user_id == user.id)
            db.session.execute(of_theirs.values(seen_at=clock.now() - ago))
        db.session.commit()
        lately = db.session.scalars(User.known_as("ada")).one().name
    for page in window(browser.new_context()):
        sign_in(page, live_site, "ann")
        page.goto(live_site.url + EDIT)
        expect(page.locator("[data-presence-line]")).to_contain_text("Ed Editor")
        expect(page.locator(".editor-others li")).to_have_count(1)
        expect(page.locator(".editor-others")).to_contain_text(f"{lately} opened this lately")


def test_a_contradiction_is_chosen_and_nothing_is_lost(two: tuple[Page, Page], live_site: LiveSite) -> None:
    ann, ed = two
    save(ed, TEXT.replace("second", "middle"))
    save(ann, TEXT.replace("second", "inner").replace("third", "last"))
    expect(ann.locator("h1")).to_have_text("Somebody saved meanwhile")
    choice = ann.locator("fieldset.conflict-choice")
    expect(choice).to_have_count(1)
    expect(choice).to_contain_text("The inner paragraph.")
    expect(choice).to_contain_text("The middle paragraph.")
    choice.locator("summary").click()
    expect(choice.get_by_text("The second paragraph.")).to_be_visible()
    choice.get_by_label("Theirs").check()
    ann.get_by_role("button", name="Save what I chose").click()
    expect(body(ann)).to_have_value(TEXT.replace("second", "middle").replace("third", "last"))


def test_a_contradiction_is_edited_before_it_is_saved(two: tuple[Page, Page]) -> None:
    ann, ed = two
    save(ed, TEXT.replace("second", "middle"))
    save(ann, TEXT.replace("second", "inner"))
    ann.get_by_role("button", name="Edit what I chose before saving").click()
    expect(body(ann)).to_have_value(re.compile("inner paragraph.*middle paragraph", re.DOTALL))
    save(ann, TEXT.replace("second", "inner and middle"))
    expect(ann.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(body(ann)).to_have_value(TEXT.replace("second", "inner and middle"))


def test_versions_are_compared_named_and_restored(two: tuple[Page, Page], live_site: LiveSite) -> None:
    ann, _ed = two
    save(ann, TEXT.replace("second paragraph", "second *chapter*"))
    ann.get_by_role("link", name="Revisions").click()
    ann.get_by_role("button", name="Show what differs").click()
    expect(ann.locator("ol.difference del")).to_have_text("paragraph")
    expect(ann.locator("ol.difference ins")).to_have_text("*chapter*")
    expect(ann.locator(".rendered-difference del")).to_have_text("paragraph")
    expect(ann.locator(".rendered-difference em ins")).to_have_text("chapter")
    ann.get_by_role("link", name="Version 2").click()
    ann.get_by_label(re.compile("milestone")).fill("Before the chapter")
    ann.get_by_role("button", name="Name it").click()
    expect(ann.locator("h1")).to_contain_text("“Before the chapter”")
    ann.get_by_role("button", name="Restore this version").click()
    expect(body(ann)).to_have_value(TEXT)
    ann.get_by_role("button", name="Undo").click()
    expect(body(ann)).to_have_value(TEXT.replace("second paragraph", "second *chapter*"))


def test_changes_to_a_public_post_wait(two: tuple[Page, Page], live_site: LiveSite) -> None:
    ann, _ed = two
    ann.goto(live_site.url + "/desk/posts/1/edit")
    body(ann).fill("Words that wait.")
    ann.get_by_role("button", name="Save without publishing").click()
    expect(ann.get_by_text("There are changes that readers do not see yet.")).to_be_visible()
    ann.goto(live_site.url + "/post/1/")
    expect(ann.get_by_text("Words that wait.")).to_have_count(0)
    ann.goto(live_site.url + "/desk/posts/1/edit")
    ann.get_by_role("button", name="Publish changes").click()
    expect(ann.get_by_text(re.compile("The changes are published"))).to_be_visible()
    ann.goto(live_site.url + "/post/1/")
    expect(ann.get_by_text("Words that wait.")).to_be_visible()


def test_the_pages_of_the_history_are_accessible_and_fit(browser: Browser, live_site: LiveSite) -> None:
    opened = [window(browser.new_context()) for _ in "ab"]
    ed, ann = (next(windows) for windows in opened)
    sign_in(ed, live_site, "ed")
    sign_in(ann, live_site, "ann")
    for page in (ed, ann):
        page.goto(live_site.url + "/desk/posts/1/edit")
    old = body(ann).input_value()
    body(ed).fill("Ed begins anew with other words.\n\n" + old.replace("to know", "to remember"))
    ed.get_by_role("button", name="Save without publishing").click()
    expect(ed.get_by_text("There are changes that readers do not see yet.")).to_be_visible()
    problems: list[str] = []
    body(ann).fill("Ann begins anew.\n\n" + old)
    ann.get_by_role("button", name="Save without publishing").click()
    expect(ann.locator("h1")).to_have_text("Somebody saved meanwhile")
    problems += [f"conflict: {one}" for one in flaws(ann)]
    ed.goto(live_site.url + "/desk/posts/1/revisions")
    problems += [f"history: {one}" for one in flaws(ed)]
    ed.get_by_role("button", name="Show what differs").click()
    problems += [f"comparison: {one}" for one in flaws(ed)]
    for windows in opened:
        next(windows, None)
    assert not problems, "\n".join(problems)
