"""Every page as a person meets it: accessible, within the window, alone with our own server."""

import pytest
from playwright.sync_api import Browser, Page

from broadsheet.extensions import db
from broadsheet.models import Site
from newsroom import WIDTHS, LiveSite, flaws, sideways, sign_in, violations, window

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
    "/no-such-page",
]
DOORS = ["/login", "/password/forgot"]
NARROWEST_AND_WIDEST = (320, 2560)
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
    "/desk/appearance",
    "/desk/settings",
    "/desk/webhooks/new",
    "/desk/activity",
    "/account",
    "/account/email",
    "/account/password",
    "/account/sessions",
]


def check(page: Page, site: LiveSite, paths: list[str], widths: tuple[int, ...] = ()) -> None:
    problems = []
    for path in paths:
        problems += does_not_fit(page, site, path, widths)
        problems += [f"{path}: {flaw}" for flaw in flaws(page)]
    assert not problems, "\n".join(problems)


def does_not_fit(page: Page, site: LiveSite, path: str, widths: tuple[int, ...] = ()) -> list[str]:
    page.goto(site.url + path)
    problems = []
    for width in widths or [0]:
        if width:
            page.set_viewport_size({"width": width, "height": 900})
        if (over := sideways(page)) > 0:
            problems.append(f"{path}: scrolls sideways by {over} px {width or ''}")
    if (headings := page.locator("h1").count()) != 1:
        problems.append(f"{path}: has {headings} h1")
    return problems


def test_public_pages_are_accessible_fit_and_give_no_cookie(shared_site: LiveSite, visitor: Page) -> None:
    check(visitor, shared_site, PUBLIC, NARROWEST_AND_WIDEST)
    assert visitor.context.cookies() == []
    check(visitor, shared_site, DOORS, NARROWEST_AND_WIDEST)


def test_desk_pages_are_accessible_and_fit(shared_site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, shared_site, "ada")
    check(visitor, shared_site, DESK)


@pytest.mark.parametrize("language", ["ar", "de"])  # from right to left, and with the longest words
def test_words_of_other_languages_fit_the_narrowest_window(
    live_site: LiveSite, browser: Browser, language: str
) -> None:
    with live_site.app.app_context():
        Site.load().change(language=language)
        db.session.commit()
    width, height = WIDTHS["phone"]
    for page in window(browser.new_context(viewport={"width": width, "height": height})):
        sign_in(page, live_site, "ada")
        assert [
            problem for path in PUBLIC + DOORS + DESK for problem in does_not_fit(page, live_site, path)
        ] == []
        assert violations(page) == []


def test_set_up_pages_are_accessible_and_fit(empty_site: LiveSite, visitor: Page) -> None:
    check(visitor, empty_site, ["/", empty_site.setup_path])
