"""What stands in a text beside words, as a reader meets it: code, charts, tables, what lies elsewhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from broadsheet.extensions import db
from broadsheet.models import Post, User
from newsroom import LiveSite, flaws, live, sign_in, window
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

CHARTS = """
```chart bar title="Rain" y="mm"
Month,Rain
Jan,40
Feb,-12.5
```

```chart line title="Warmth"
Day,Oslo,Madrid
2024-01-01,-4,9
2024-03-01,1,
2024-06-01,16,27
```

```chart stacked
Port of call;Coal;Grain;Wood;Fish;Oil;Salt;Cloth;Wine
Rotterdam and its hinterland;1;2;3;4;5;6;7;8
Antwerpen;8;7;6;5;4;3;2;1
```

```csv title="Ferries"
Ferry,Departs,Price
North,07:10,4.20
South,06:40,"1,003.90"
East,,
West,12:05,12
```
"""

EMBEDS = """
https://www.youtube.com/watch?v=aqz-KE-bpKQ

![A post of somebody](https://mastodon.social/@Gargron/100254678717223630)
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


@pytest.mark.parametrize("body", [CODE, CHARTS, EMBEDS], ids=["code", "charts", "embeds"])
def test_blocks_are_accessible_and_fit(site: LiveSite, reader: Page, body: str) -> None:
    reader.goto(published(site, body))
    assert flaws(reader) == []


def test_table_is_sorted_by_keyboard_and_says_so(site: LiveSite, reader: Page) -> None:
    reader.goto(published(site, CHARTS))
    table = reader.locator("table.sortable")
    first = table.locator("tbody th")
    button = table.get_by_role("button", name="Price")
    button.focus()
    reader.keyboard.press("Enter")
    assert first.all_inner_texts() == ["North", "West", "South", "East"]
    assert button.locator("..").get_attribute("aria-sort") == "ascending"
    assert reader.get_by_role("status").filter(has_text="Sorted by Price, ascending").count() == 1
    reader.keyboard.press("Enter")
    assert first.all_inner_texts() == ["South", "West", "North", "East"]
    reader.keyboard.press("Enter")
    assert first.all_inner_texts() == ["North", "South", "East", "West"]
    assert table.locator("[aria-sort]").count() == 0


def test_chart_and_table_are_whole_without_a_script(site: LiveSite, plain: Page) -> None:
    plain.goto(published(site, CHARTS))
    assert plain.locator("svg.chart-drawing").count() == 3
    plain.get_by_text("Data as a table").first.click()
    assert plain.get_by_role("cell", name="−12.5").or_(plain.get_by_role("cell", name="-12.5")).is_visible()
    assert plain.locator("table.sortable button").count() == 0


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_letters_of_a_chart_can_be_read_and_stay_inside(site: LiveSite, reader: Page, width: int) -> None:
    reader.set_viewport_size({"width": width, "height": 800})
    reader.goto(published(site, CHARTS))
    for text in reader.locator("svg.chart-drawing text").all():
        box = text.bounding_box()
        assert box
        assert box["height"] >= 9
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_forced_colours_leave_the_shapes(site: LiveSite, reader: Page) -> None:
    reader.emulate_media(forced_colors="active")
    reader.goto(published(site, CHARTS))
    colours = reader.locator("svg.chart-drawing g").evaluate_all(
        "groups => groups.map(group => getComputedStyle(group).color)"
    )
    assert len(set(colours)) == 1


def test_chart_is_put_in_from_the_menu_and_its_preview_says_what_is_wrong(
    site: LiveSite, reader: Page
) -> None:
    sign_in(reader, site, "ann")
    reader.goto(f"{site.url}/desk/posts/new")
    text = reader.locator("textarea[name=body]")
    text.focus()
    reader.keyboard.press("Control+Alt+i")
    reader.get_by_role("menuitem", name="Chart").click()
    assert text.input_value().startswith('```chart bar title="Title"\nColumn,Column\nRow 1,10\n')
    reader.keyboard.type("Tides")
    reader.keyboard.press("Control+Alt+p")
    frame = reader.frame_locator(".editor-preview iframe")
    frame.locator("svg.chart-drawing").wait_for()
    assert frame.locator("figcaption").inner_text() == "Tides"
    text.fill(text.input_value().replace(",20", ",twenty"))
    frame.locator(".remark").wait_for()
    assert "Line 3 has “twenty” under “Column”" in frame.locator(".remark").inner_text()


def test_what_lies_elsewhere_is_loaded_when_asked_and_nothing_moves(site: LiveSite, browser: Browser) -> None:
    context = browser.new_context()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>The film</p>", content_type="text/html")

    context.route(lambda url: not url.startswith(site.url), answer)
    page = context.new_page()
    page.goto(published(site, EMBEDS))
    page.wait_for_load_state("networkidle")
    assert asked == []
    before = page.locator("figure.embed").first.bounding_box()
    page.get_by_role("button", name="Load from www.youtube-nocookie.com").press("Enter")
    page.frame_locator("figure.embed iframe").get_by_text("The film").wait_for()
    assert asked == ["https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"]
    assert page.locator("figure.embed").first.bounding_box() == before
    assert page.evaluate("document.activeElement.title").startswith("YouTube:")
    page.evaluate("document.querySelector('iframe').src = 'https://elsewhere.example/'")
    page.wait_for_timeout(300)
    assert len(asked) == 1  # the policy lets nobody else in
    context.close()


def test_without_a_script_what_lies_elsewhere_is_a_link(site: LiveSite, plain: Page) -> None:
    plain.goto(published(site, EMBEDS))
    assert plain.locator("figure.embed a").count() == 2
    assert plain.locator("figure.embed button").count() == 0
