"""Links at the desk, in a real browser: told before they break, without a script too, on every screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from broadsheet.extensions import db
from broadsheet.models import Alias, OutgoingAddress, Post, User
from newsroom import LiveSite, flaws, sign_in, window

pytestmark = pytest.mark.browser


def filled(live_site: LiveSite) -> dict[str, int]:
    """A post, another that leads to a place within it, and a link that is dead."""
    with live_site.app.app_context():
        ann = db.session.scalars(User.known_as("ann")).one()
        led_to = Post()
        led_to.revise(by=ann, title="The ferry", body="## Prices\n\nSeven.", authors=[ann], tags=[])
        led_to.publish()
        db.session.flush()
        other = Post()
        body = f"[a](/post/{led_to.id}#prices), [b](https://gone.example.org/a/page), [slip](/abuot)"
        other.revise(by=ann, title="How to get there", body=body, authors=[ann], tags=[])
        other.publish()
        db.session.flush()
        Alias.keep("/2019/05/" + "a-long-former-address-" * 6, led_to)
        for address in db.session.scalars(db.select(OutgoingAddress)):
            for _ in range(4):
                address.failed("There is nothing any more (404).", 404)
            address.dead_since = address.checked_at
        db.session.commit()
        return {"led_to": led_to.id, "other": other.id}


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def writer(live_site: LiveSite, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    for page in window(context):
        sign_in(page, live_site, "ann")
        yield page


def test_writer_is_told_before_a_place_is_lost_and_can_do_it_all_the_same(
    writer: Page, live_site: LiveSite
) -> None:
    ids = filled(live_site)
    edit = f"{live_site.url}/desk/posts/{ids['led_to']}/edit"
    writer.goto(edit)
    writer.locator("textarea[name=body]").fill("## Fares\n\nEight. See [us](/abuot).")
    writer.get_by_role("button", name="Publish changes").click()
    told = writer.locator(".concerns")
    expect(told).to_contain_text("#prices is gone")
    expect(told).to_contain_text("How to get there")
    expect(told).to_contain_text("Did you mean /about?")
    assert writer.locator("textarea[name=body]").input_value().startswith("## Fares")
    writer.get_by_role("button", name="Publish changes").click()
    expect(writer.locator(".concerns")).to_have_count(0)
    writer.goto(f"{live_site.url}/post/{ids['led_to']}")
    expect(writer.locator("main")).to_contain_text("Eight.")


def test_editor_adds_a_redirect_and_deletes_it(browser: Browser, live_site: LiveSite) -> None:
    id = filled(live_site)["led_to"]
    for has_script in (True, False):
        for page in window(browser.new_context(java_script_enabled=has_script)):
            sign_in(page, live_site, "ed")
            page.goto(f"{live_site.url}/desk/redirects")
            page.get_by_text("Add a redirect").click()
            page.locator("[name=path]").fill("/no/such/")
            page.locator("[name=target]").fill("/nowhere")
            page.get_by_role("button", name="Add the redirect").click()
            expect(page.locator(".error-summary")).to_contain_text(
                "No post, page, tag or series stands there."
            )
            expect(page.locator("[name=path]")).to_have_value("/no/such/")
            page.locator("[name=target]").fill(f"/post/{id}")
            page.get_by_role("button", name="Add the redirect").click()
            expect(page.locator(".flash")).to_contain_text("/no/such redirects from now on.")
            page.goto(f"{live_site.url}/no/such")
            expect(page.locator("h1")).to_have_text("The ferry")
            page.goto(f"{live_site.url}/desk/redirects")
            page.get_by_role("button", name="Delete /no/such").click()
            expect(page.locator(".flash")).to_contain_text("The redirect is deleted.")


def test_pages_are_accessible(browser: Browser, live_site: LiveSite) -> None:
    ids = filled(live_site)
    for page in window(browser.new_context()):
        sign_in(page, live_site, "ed")
        for path in (
            "/desk/links",
            "/desk/links?view=ignored",
            "/desk/redirects",
            f"/desk/posts/{ids['other']}/edit",
        ):
            page.goto(live_site.url + path)
            if path.endswith("redirects"):
                page.get_by_text("Add a redirect").click()
            if path.endswith("edit"):
                page.locator("#part-links").evaluate("part => part.open = true")
            assert flaws(page) == [], path
        page.goto(f"{live_site.url}/desk/posts/{ids['led_to']}/edit")
        page.locator("form[action$='/trash'] button").first.click()
        expect(page.locator(".concerns")).to_contain_text("How to get there")
        assert flaws(page) == []
