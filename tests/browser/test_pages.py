"""Every page as a person meets it: accessible, within the window, alone with our own server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from newsroom import SCHEMES, WIDTHS, LiveSite, sign_in, violations, window

PUBLIC = [
    "/",
    "/?page=2",
    "/about",
    "/contact",
    "/contact/thanks",
    "/submit",
    "/submit/thanks",
    "/post/1/",
    "/user/ann",
    "/tag/notes",
    "/archive",
    "/search",
    "/search?q=story",
    "/search?q=storey+tag:none",
    "/login",
    "/password/forgot",
    "/no-such-page",
]
DESK = [
    "/desk",
    "/desk/posts",
    "/desk/posts?state=draft",
    "/desk/posts?q=nothing-has-this",
    "/desk/posts/new",
    "/desk/posts/1/edit",
    "/desk/posts/1/preview",
    "/desk/posts/1/revisions",
    "/desk/pages",
    "/desk/pages/new",
    "/desk/uploads",
    "/desk/messages",
    "/desk/messages/1",
    "/desk/submissions",
    "/desk/submissions/1",
    "/desk/navigation",
    "/desk/people",
    "/desk/settings",
    "/desk/activity",
    "/account",
    "/account/password",
    "/account/sessions",
]


@pytest.fixture(params=[(width, scheme) for width in WIDTHS for scheme in SCHEMES], ids="-".join)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window of each width in each colour scheme."""
    width, scheme = request.param
    size = WIDTHS[width]
    yield from window(
        browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
        )
    )


def check(page: Page, site: LiveSite, paths: list[str]) -> None:
    problems = []
    for path in paths:
        page.goto(site.url + path)
        problems += [f"{path}: {violation}" for violation in violations(page)]
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            problems.append(f"{path}: scrolls sideways by {overflow} px")
        if page.locator("h1").count() != 1:
            problems.append(f"{path}: has {page.locator('h1').count()} h1")
    assert not problems, "\n".join(problems)


def test_public_pages_are_accessible_and_fit(shared_site: LiveSite, look: Page) -> None:
    check(look, shared_site, PUBLIC)


def test_desk_pages_are_accessible_and_fit(shared_site: LiveSite, look: Page) -> None:
    sign_in(look, shared_site, "ada")
    check(look, shared_site, DESK)


def test_set_up_pages_are_accessible_and_fit(empty_site: LiveSite, look: Page) -> None:
    check(look, empty_site, ["/", empty_site.setup_path])


@pytest.mark.parametrize("width", [320, 2560])
def test_public_pages_fit_the_narrowest_and_the_widest_window(
    browser: Browser, shared_site: LiveSite, width: int
) -> None:
    for page in window(browser.new_context(viewport={"width": width, "height": 900})):
        check(page, shared_site, PUBLIC)


def test_a_visitor_gets_no_cookie(shared_site: LiveSite, visitor: Page) -> None:
    for path in PUBLIC:
        if path not in ("/login", "/password/forgot"):
            visitor.goto(shared_site.url + path)
    assert visitor.context.cookies() == []
