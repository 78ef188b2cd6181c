"""The theme that is shipped as an example, as a reader meets it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from broadsheet.extensions import db
from broadsheet.models import Site
from newsroom import SCHEMES, WIDTHS, LiveSite, violations, window

GAZETTE = Path(__file__).parents[2] / "docs" / "themes" / "gazette"


@pytest.fixture
def gazette(shared_site: LiveSite) -> Iterator[LiveSite]:
    folder = Path(shared_site.app.instance_path) / "themes" / "gazette"
    shutil.copytree(GAZETTE, folder)
    choose(shared_site, "gazette")
    yield shared_site
    choose(shared_site, "")
    shutil.rmtree(folder)


def choose(site: LiveSite, name: str) -> None:
    with site.app.app_context():
        Site.load().change(theme=name)
        db.session.commit()


# One page of each kind that a reader meets.
KINDS = (
    "/",
    "/?page=2",
    "/post/1/",
    "/about",
    "/contact",
    "/submit",
    "/user/ann",
    "/tag/notes",
    "/tags",
    "/archive",
    "/search",
    "/search?q=story",
    "/no-such-page",
)
LARGEST_ICON = 64  # CSS pixels; an icon without a style of its own grows to the width of the page
ICONS = """largest => [...document.querySelectorAll("svg, .masthead img")].filter(icon => {
  const box = icon.getBoundingClientRect();
  return !icon.closest("main") && Math.max(box.width, box.height) > largest;
}).map(icon => icon.outerHTML)"""
# What is drawn without a stroke is a blot of the colour it is filled with.
BLOTS = """() => [...document.querySelectorAll("svg.icon")]
  .filter(icon => getComputedStyle(icon).fill !== "none")
  .map(icon => icon.outerHTML)"""


def test_the_example_is_accessible_and_fits(gazette: LiveSite, visitor: Page) -> None:
    for path in KINDS:
        visitor.goto(gazette.url + path)
        assert visitor.locator(".gazette-mark").evaluate("mark => mark.complete && mark.naturalWidth > 0")
        assert visitor.locator(".masthead-search").count() == 1
        for width, height in WIDTHS.values():
            visitor.set_viewport_size({"width": width, "height": height})
            check(visitor, path)


def check(page: Page, path: str) -> None:
    assert page.evaluate(ICONS, LARGEST_ICON) == [], path
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(BLOTS) == [], path
    assert page.locator(".masthead").evaluate("head => head.offsetHeight") < 260, path
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    assert violations(page) == [], path


@pytest.mark.parametrize("scheme", SCHEMES)
def test_icons_stay_small_lines_where_their_style_is_missing(
    shared_site: LiveSite, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    for page in window(browser.new_context(color_scheme=scheme)):
        page.goto(shared_site.url + "/about")
        page.evaluate("document.querySelectorAll('style, link[rel=stylesheet]').forEach(one => one.remove())")
        assert page.evaluate(ICONS, LARGEST_ICON) == []
        assert page.evaluate(BLOTS) == []
