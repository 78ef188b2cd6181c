"""What people come to do, from the first click to the last: without JavaScript, or by keyboard alone.

The site is asked for before the window, so that the window closes first.
"""

import re

from playwright.sync_api import Page, expect

from newsroom import LiveSite, sign_in
from stage import PASSWORD


def set_up(page: Page, site: LiveSite) -> None:
    page.goto(site.url + site.setup_path)
    page.locator("input[name=title]").fill("The Morning Post")
    page.locator("input[name=tagline]").fill("Read before breakfast")
    page.locator("input[name=name]").fill("Olivia Owner")
    page.locator("input[name=email]").fill("olivia@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def write_and_publish(page: Page, site: LiveSite, title: str) -> None:
    page.goto(f"{site.url}/desk/posts/new")
    page.locator("[name=title]").fill(title)
    page.locator("textarea[name=body]").fill("Some *words* for the **reader**.")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()


def test_a_newcomer_sets_up_writes_publishes_and_reads(empty_site: LiveSite, plain: Page) -> None:
    plain.goto(empty_site.url)
    expect(plain.locator("h1")).to_contain_text("set up")
    set_up(plain, empty_site)
    expect(plain).to_have_url(re.compile("/desk"))
    write_and_publish(plain, empty_site, "Our first story")
    plain.context.clear_cookies()
    plain.goto(empty_site.url)
    plain.get_by_role("link", name="Our first story").first.click()
    expect(plain.locator("h1")).to_have_text("Our first story")
    expect(plain.locator("article em")).to_have_text("words")
    # The set-up link worked once.
    assert plain.goto(empty_site.url + empty_site.setup_path).status == 404


def test_a_new_site_is_not_empty(empty_site: LiveSite, plain: Page) -> None:
    set_up(plain, empty_site)
    plain.context.clear_cookies()
    plain.goto(empty_site.url)
    expect(plain.locator("article").first).to_be_visible()
    for path in ("/about", "/contact"):
        assert plain.goto(empty_site.url + path).status == 200


def test_an_author_writes_and_publishes_by_keyboard_alone(live_site: LiveSite, visitor: Page) -> None:
    keyboard = visitor.keyboard
    visitor.goto(f"{live_site.url}/login")
    tab_to(visitor, "input[name=username]")
    keyboard.type("ann")
    keyboard.press("Tab")
    tab_to(visitor, "input[name=password]")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    visitor.wait_for_url("**/desk**")
    visitor.goto(f"{live_site.url}/desk/posts/new")
    tab_to(visitor, "[name=title]")
    keyboard.type("Typed without a mouse")
    tab_to(visitor, "textarea[name=body]")
    keyboard.type("Every key counts.")
    tab_to(visitor, "main button[type=submit]")
    with visitor.expect_navigation(url=re.compile(r"/desk/posts/\d+/edit")):
        keyboard.press("Enter")
    tab_to(visitor, "form[action$='/publication'] button, button[formaction$='/publication']")
    keyboard.press("Enter")
    expect(visitor.get_by_role("button", name="Unpublish")).to_be_visible()
    visitor.goto(live_site.url)
    expect(visitor.get_by_role("link", name="Typed without a mouse").first).to_be_visible()


def test_a_visitor_writes_to_us_without_javascript(live_site: LiveSite, plain: Page) -> None:
    plain.goto(f"{live_site.url}/contact")
    plain.locator("[name=name]").fill("Vic Visitor")
    plain.locator("[name=email]").fill("vic@example.com")
    plain.locator("[name=subject]").fill("A question")
    plain.locator("[name=message]").fill("How do you do?")
    plain.wait_for_timeout(3500)
    plain.locator("main button[type=submit]").click()
    expect(plain).to_have_url(re.compile("/contact/thanks"))
    sign_in(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk/messages")
    expect(plain.get_by_text("A question").first).to_be_visible()


def test_a_reader_offers_a_piece_and_an_editor_publishes_it(live_site: LiveSite, plain: Page) -> None:
    plain.goto(f"{live_site.url}/submit")
    plain.locator("[name=name]").fill("Rita Reader")
    plain.locator("[name=email]").fill("rita@example.com")
    plain.locator("[name=title]").fill("What I saw")
    plain.locator("[name=body]").fill("It was *large*.")
    plain.wait_for_timeout(3500)
    plain.locator("main button[type=submit]").click()
    expect(plain).to_have_url(re.compile("/submit/thanks"))
    sign_in(plain, live_site, "ed")
    plain.goto(f"{live_site.url}/desk/submissions")
    plain.get_by_role("link", name="What I saw").first.click()
    plain.get_by_role("button", name=re.compile("Accept")).first.click()
    plain.get_by_role("button", name=re.compile("^Publish")).first.click()
    plain.goto(live_site.url)
    expect(plain.get_by_role("link", name="What I saw").first).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there; the whole way has a visible focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")
