"""The theme that is shipped as an example, as a reader meets it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

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


def test_the_example_is_accessible_and_fits(gazette: LiveSite, browser: Browser) -> None:
    for width in WIDTHS.values():
        for scheme in SCHEMES:
            size = {"width": width[0], "height": width[1]}
            for page in window(browser.new_context(viewport=size, color_scheme=scheme)):
                check(page, gazette)


def check(page: Page, site: LiveSite) -> None:
    for path in ("/", "/post/1/", "/archive", "/contact"):
        page.goto(site.url + path)
        assert page.locator(".gazette-mark").evaluate("mark => mark.complete && mark.naturalWidth > 0")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
