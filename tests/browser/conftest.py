"""A real Chromium in front of a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from newsroom import LiveSite, begin_anew, chromium, live, window
from stage import Database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(item.fspath).parent.name:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    chromium()
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    flags += ["--no-first-run", "--disable-component-update", "--disable-sync"]
    browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
    yield browser
    browser.close()


@pytest.fixture
def empty_site(database: Database, tmp_path: Path) -> Iterator[LiveSite]:
    """A site that nobody has set up, as after the first `manage.py run`."""
    yield from live(database, tmp_path, filled=False)


@pytest.fixture
def own_site(database: Database, tmp_path: Path) -> Iterator[LiveSite]:
    """A site with people and posts whose server is the test's own, to be ended as it likes."""
    yield from live(database, tmp_path, filled=True)


@pytest.fixture(scope="session")
def site_of_all(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The server of `live_site`: to start one takes longer than most tests."""
    yield from live(database, tmp_path_factory.mktemp("all"), filled=True)


@pytest.fixture
def live_site(request: pytest.FixtureRequest, database: Database) -> LiveSite:
    """A site with people and posts, for tests that change something: each finds it as the first one did."""
    if database.server:
        return request.getfixturevalue("own_site")
    site: LiveSite = request.getfixturevalue("site_of_all")
    begin_anew(site, database)
    return site


@pytest.fixture(scope="session")
def shared_site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The same, for tests that only look."""
    yield from live(database, tmp_path_factory.mktemp("shared"), filled=True)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A stranger's window; complains about anything that the page logs, and about foreign requests."""
    yield from window(browser.new_context(viewport={"width": 1280, "height": 900}))


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A window without JavaScript."""
    yield from window(browser.new_context(java_script_enabled=False))
