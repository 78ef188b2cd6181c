"""A feed that somebody opens in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from broadsheet.extensions import db
from broadsheet.models import Post
from newsroom import WIDTHS, LiveSite, window

# What of a document without HTML can be seen: what is not shown cannot be selected.
SHOWN = "(getSelection().selectAllChildren(document.documentElement), getSelection().toString())"

# How far the letters of a title stand from the left and the right edge of its block.
SIDES = """(words) => {
  const title = [...document.querySelectorAll("a")].find(one => one.textContent.startsWith(words));
  const range = document.createRange();
  range.selectNodeContents(title);
  const [letters, block] = [range, title].map(one => one.getBoundingClientRect());
  return [letters.left - block.left, block.right - letters.right];
}"""


@pytest.fixture(params=WIDTHS)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window of each width."""
    width, height = WIDTHS[request.param]
    yield from window(browser.new_context(viewport={"width": width, "height": height}))


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_feed_is_shown_as_a_page_that_fits(shared_site: LiveSite, look: Page, format: str) -> None:
    look.goto(f"{shared_site.url}/feed.{format}")
    shown = look.evaluate(SHOWN)
    assert "The Daily Test" in shown
    assert "Story 15: what a long and honest headline looks like" in shown
    assert "A summary of a sentence or two" in shown
    assert "urn:uuid" not in shown
    assert "answer() -> int" not in shown  # the whole texts are for programs
    words = "(at, which) => getComputedStyle(document.querySelector(at), which).content"
    assert "This is a feed" in look.evaluate(f"({words})('title', '::before')")
    overflow = look.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_foot_of_a_page_leads_to_the_feed_and_the_way_back_works(
    shared_site: LiveSite, visitor: Page
) -> None:
    visitor.goto(shared_site.url)
    visitor.get_by_role("contentinfo").get_by_role("link", name="Feed").click()
    visitor.wait_for_url("**/feed.atom")
    visitor.go_back()
    assert visitor.get_by_role("heading", level=1).inner_text() == "The Daily Test"


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_titles_of_a_feed_lead_to_the_posts(shared_site: LiveSite, plain: Page, format: str) -> None:
    plain.goto(f"{shared_site.url}/feed.{format}")
    plain.locator("a", has_text="Story 15").click()
    plain.wait_for_url("**/post/15/*")


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_title_stands_where_its_letters_begin(live_site: LiveSite, visitor: Page, format: str) -> None:
    with live_site.app.app_context():
        post = db.session.get(Post, 15)
        assert post is not None
        post.revise(by=post.authors[0], title="ما يتذكره الميناء", language="ar")
        post.publish()
        db.session.commit()
    visitor.goto(f"{live_site.url}/feed.{format}")
    left, right = visitor.evaluate(SIDES, "ما")
    assert right < 2 < left
    left, right = visitor.evaluate(SIDES, "Story 14")
    assert left < 2 < right
