"""Reading under all circumstances: hard posts, without pictures, enlarged, on paper, right to left."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

import hard_posts
from broadsheet.extensions import db
from broadsheet.models import Correction, Post, Role, Site, Tag
from newsroom import LiveSite, live, violations, window
from stage import Database, person

NUMBERS = {name: number for number, name in enumerate(hard_posts.POSTS, 1)}
PAGES = [
    "/",
    "/tag/hard",
    "/tags",
    "/series",
    "/authors",
    "/archive",
    "/user/ann",
    "/contact",
    "/search",
    "/search?q=tide",
]

NARROWEST, WIDEST = 320, 1280  # the former is a window of 1280 at 400 %

SHIFTS = """() => new Promise((told) => {
  let sum = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value
  }).observe({type: 'layout-shift', buffered: true})
  window.scrollTo(0, document.body.scrollHeight)
  setTimeout(() => told(sum), 300)
})"""


def fill_with_hard_posts() -> None:
    Site.load().change(title="Hard Times", tagline="What is hard to show")
    ann = person("Ann Author", Role.ADMIN)
    for hard in hard_posts.POSTS.values():
        post = Post()
        post.revise(
            by=ann,
            title=hard.title,
            summary=hard.summary,
            body=hard.body,
            language=hard.language,
            authors=[ann],
            tags=Tag.named(["Hard"]),
        )
        post.publish()
    Correction.make(post, body="An earlier version had **no** [links](https://example.org/a-page).", by=ann)
    german = Post()
    german.revise(
        by=ann, title="Eins von jedem", language="de", body="Text.", authors=[ann], translation_of_id=post.id
    )
    german.publish()
    db.session.commit()


@pytest.fixture(scope="module")
def hard_site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    yield from live(database, tmp_path_factory.mktemp("hard"), filled=fill_with_hard_posts)


@pytest.fixture
def reader(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A window with what the test wants: `reader(width=320, forced_colors="active")`."""
    windows: list[Iterator[Page]] = []

    def opened(width: int = 1280, **wants: Any) -> Page:
        windows.append(window(browser.new_context(viewport={"width": width, "height": 800}, **wants)))
        return next(windows[-1])

    yield opened
    for each in windows:
        next(each, None)


@pytest.mark.parametrize("width", [NARROWEST, WIDEST])
def test_hard_posts_fit_are_accessible_and_never_shift(
    hard_site: LiveSite, reader: Callable[..., Page], width: int
) -> None:
    page = reader(width)
    problems = []
    for path in [*(f"/post/{number}" for number in [*NUMBERS.values(), len(NUMBERS) + 1]), *PAGES]:
        page.goto(hard_site.url + path)
        if width == WIDEST:  # once is enough: it takes a second for the longest of them
            problems += [f"{path}: {violation}" for violation in violations(page)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            problems.append(f"{path}: scrolls sideways by {over} px")
        if shift := page.evaluate(SHIFTS):
            problems.append(f"{path}: shifts by {shift}")
    assert not problems, "\n".join(problems)


def test_nothing_shifts_with_pictures_off(shared_site: LiveSite, reader: Callable[..., Page]) -> None:
    page = reader()
    page.route("**/uploads/**", lambda route: route.abort())
    for path in ("/", "/post/1"):
        page.goto(shared_site.url + path)
        assert page.evaluate(SHIFTS) == 0
        assert page.locator("h1").is_visible()


def test_nothing_shifts_when_the_scripts_come_late(
    hard_site: LiveSite, shared_site: LiveSite, reader: Callable[..., Page]
) -> None:
    """After the first paint, as over a slow line: what they add finds its room reserved."""
    page = reader()
    page.set_viewport_size({"width": WIDEST, "height": 5000})  # what moves out of sight does not count

    def late(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route("**/static/*/js/text-*.js", late)
    for address in (f"{hard_site.url}/post/{NUMBERS['everything']}", f"{shared_site.url}/post/1"):
        page.goto(address)
        assert page.locator(".code-copy").count()
        assert page.evaluate(SHIFTS) == 0, address


def test_a_lead_without_a_picture_leaves_no_hole_beside_the_next_stories(
    hard_site: LiveSite, reader: Callable[..., Page]
) -> None:
    page = reader(WIDEST)
    page.goto(hard_site.url)
    lead, beside = (page.locator(part).bounding_box() for part in (".lead", ".beside"))
    assert lead
    assert beside
    assert beside["width"] == lead["width"]
    assert 0 < beside["y"] - lead["y"] - lead["height"] < 50


def test_a_post_waits_for_no_other_request(shared_site: LiveSite, reader: Callable[..., Page]) -> None:
    page = reader()
    page.goto(f"{shared_site.url}/post/1")
    status = "performance.getEntriesByType('resource').map((one) => one.renderBlockingStatus)"
    assert "blocking" not in page.evaluate(status)


def test_colours_that_the_reader_forces_leave_everything_to_be_seen(
    hard_site: LiveSite, reader: Callable[..., Page]
) -> None:
    page = reader(forced_colors="active")
    page.goto(f"{hard_site.url}/archive")
    here, other = page.locator(".ways a[aria-current]"), page.locator(".ways a:not([aria-current])").first
    bottom = "(link) => getComputedStyle(link).borderBottomColor"
    assert here.evaluate(bottom) != other.evaluate(bottom)


def test_on_paper_a_post_says_where_its_links_lead(hard_site: LiveSite, reader: Callable[..., Page]) -> None:
    page = reader(color_scheme="dark")
    page.goto(f"{hard_site.url}/post/{NUMBERS['everything']}")
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('.prose p')).color")
    assert ink == "rgb(26, 26, 23)"
    for part in (
        ".sections",
        ".masthead-search",
        ".contents",
        ".neighbours",
        ".next",
        ".footer",
        ".footnote-back",
    ):
        assert not page.locator(part).first.is_visible(), part
    link = ".prose p > a[href^=http]:not([class])"
    assert "http" in page.evaluate(f"getComputedStyle(document.querySelector('{link}'), '::after').content")


def test_a_text_from_right_to_left_begins_at_the_right(
    hard_site: LiveSite, reader: Callable[..., Page]
) -> None:
    page = reader()
    page.goto(f"{hard_site.url}/post/{NUMBERS['right-to-left']}")
    assert page.locator(".prose").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator("h1").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".prose pre").evaluate("(one) => getComputedStyle(one).direction") == "ltr"


# The parts of a byline that begin a line but not the byline: is their dot out of sight, or beside them?
DOTS = """() => [...document.querySelectorAll('.byline')].flatMap(byline => {
  const box = byline.getBoundingClientRect();
  const shown = dot => { const at = dot.getBoundingClientRect(); return (at.left + at.right) / 2; };
  return [...byline.querySelectorAll('.dot')].filter(dot => {
    const part = dot.parentElement.getBoundingClientRect();
    const before = dot.parentElement.previousElementSibling.getBoundingClientRect();
    const isFirst = part.top >= before.bottom - 4;
    const isWithin = shown(dot) > box.left && shown(dot) < box.right;
    const isCutOff = !isWithin && getComputedStyle(byline).overflowX === 'clip';
    return isFirst !== (isCutOff || getComputedStyle(dot).display === 'none');
  }).map(dot => byline.textContent);
})"""


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_dot_of_a_byline_stands_alone_at_the_end_of_a_line(
    live_site: LiveSite, visitor: Page, language: str
) -> None:
    with live_site.app.app_context():
        Site.load().change(language=language)
        db.session.commit()
    for path in ("/", "/post/1/", "/tag/notes", "/search?q=story"):
        visitor.goto(live_site.url + path)
        assert visitor.locator(".byline .dot").count() > 0
        for width in (320, 360, 412):
            visitor.set_viewport_size({"width": width, "height": 800})
            assert visitor.evaluate(DOTS) == [], (path, width)


# How far each band ends from the edge of the block.
BANDS = """() => {
  const pre = document.querySelector('.prose pre');
  const end = pre.getBoundingClientRect().right;
  return [...pre.querySelectorAll('mark.line')].map(one => Math.abs(one.getBoundingClientRect().right - end));
}"""


def test_bands_of_marked_lines_reach_to_the_end_of_what_scrolls(
    live_site: LiveSite, browser: Browser
) -> None:
    with live_site.app.app_context():
        post = db.session.get(Post, 1)
        assert post is not None
        post.revise(by=post.authors[0], body=f"```python {{1,3}}\na = 1\nb = '{'long ' * 60}'\nc = 3\n```\n")
        post.publish()
        db.session.commit()
    for width in (360, 1280):
        for page in window(browser.new_context(viewport={"width": width, "height": 800})):
            page.goto(live_site.url + "/post/1/")
            page.locator(".prose pre").evaluate("pre => pre.scrollTo(pre.scrollWidth, 0)")
            gaps = page.evaluate(BANDS)
            assert len(gaps) == 2
            assert max(gaps) < 2, (width, gaps)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar"])
def test_section_that_is_read_is_in_sight_without_a_script(
    live_site: LiveSite, browser: Browser, language: str
) -> None:
    with live_site.app.app_context():
        site = Site.load()
        more = [{"label": f"Section {number}", "url": f"/tag/notes?{number}"} for number in range(4)]
        site.change(language=language, navigation=site.navigation[:2] + more + site.navigation[2:])
        db.session.commit()
    for page in window(
        browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    ):
        for path in ("/", "/archive", "/about", "/contact"):
            page.goto(live_site.url + path)
            box = page.locator(".sections [aria-current]").bounding_box()
            assert box is not None
            assert box["x"] >= 0, path
            assert box["x"] + box["width"] <= 360, path
