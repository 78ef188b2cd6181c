"""What stands in a text beside words, as a reader meets it: code, charts, tables, what lies elsewhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from broadsheet.extensions import db
from broadsheet.models import Post, User
from newsroom import LiveSite, live, violations, window
from stage import Database

CODE = """
```python {2} linenos title="harbour/tide.py"
def tide(hour: int) -> float:
    return 2.4 * math.sin(hour / 12.42 * math.tau)  # metres above the mean, on a calm day

print(tide(3))
```

```
nothing known of it
```
"""


@pytest.fixture(scope="module")
def site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    yield from live(database, tmp_path_factory.mktemp("blocks"), filled=True)


def published(site: LiveSite, body: str, language: str = "") -> str:
    with site.app.app_context():
        ann = db.session.scalars(User.known_as("ann")).one()
        post = Post()
        post.revise(by=ann, title="A post", body=body, authors=[ann], language=language)
        post.publish()
        db.session.commit()
        return site.url + post.path


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    yield from window(reading(browser))


def reading(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )


def test_code_is_copied_by_keyboard_without_its_numbers(site: LiveSite, reader: Page) -> None:
    reader.goto(published(site, CODE))
    button = reader.get_by_role("button", name="Copy: harbour/tide.py Python")
    button.focus()
    assert button.evaluate("button => getComputedStyle(button).opacity") == "1"
    reader.keyboard.press("Enter")
    reader.get_by_role("status").filter(has_text="Copied").wait_for()
    copied = reader.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("def tide(hour: int) -> float:\n    return 2.4")
    assert copied.endswith("\n\nprint(tide(3))")
    assert "1" not in copied.splitlines()[0]


def test_selected_code_has_no_numbers(site: LiveSite, reader: Page) -> None:
    reader.goto(published(site, CODE))
    selected = reader.locator("pre").first.evaluate(
        "pre => { getSelection().selectAllChildren(pre); return getSelection().toString() }"
    )
    assert selected.rstrip().endswith("calm day\n\nprint(tide(3))")
    assert selected.startswith("def tide")


def test_long_lines_scroll_by_keyboard_and_wrap_on_paper(site: LiveSite, reader: Page) -> None:
    reader.goto(published(site, CODE))
    pre = reader.locator("pre").first
    assert pre.evaluate("pre => pre.scrollWidth > pre.clientWidth")
    pre.focus()
    reader.keyboard.press("ArrowRight")
    reader.wait_for_timeout(300)
    assert pre.evaluate("pre => pre.scrollLeft") > 0
    reader.emulate_media(media="print")
    assert pre.evaluate("pre => pre.scrollWidth <= pre.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("body", [CODE], ids=["code"])
def test_blocks_are_accessible_and_fit(
    site: LiveSite, reader: Page, body: str, width: int, scheme: str
) -> None:
    reader.set_viewport_size({"width": width, "height": 800})
    reader.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    reader.goto(published(site, body))
    assert violations(reader) == []
    assert reader.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
