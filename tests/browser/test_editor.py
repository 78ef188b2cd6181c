"""The editor in a real Chromium: what it does to a text, what it shows of it, and that none is lost."""

import base64
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import delete

import pictures
from broadsheet.extensions import db
from broadsheet.lib import markdown
from broadsheet.models import UserSession
from newsroom import TEXT, LiveSite, chromium, serve, sign_in, stop, violations, window
from stage import PASSWORD, free_port

# The page's policy lets a script put in text only by its own module, and so does a test.
TRUSTED = """new URL("trusted.js", document.querySelector('script[src*="/js/"]').src)"""

# What a browser does when somebody pastes; the clipboard itself is the system's and not for tests.
PASTE = """async ([data, files]) => {
  const { trusted } = await import(TRUSTED);
  const transfer = new DataTransfer();
  for (const [type, text] of Object.entries(data)) transfer.setData(type, text);
  for (const [name, type, bytes] of files)
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], name, {type}));
  const area = document.querySelector("textarea[name=body]");
  area.focus();
  const event = new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true});
  if (area.dispatchEvent(event)) document.execCommand("insertText", false, trusted(data["text/plain"] ?? ""));
}""".replace("TRUSTED", TRUSTED)
DROP = """([files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, bytes] of files)
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], name, {type}));
  document.querySelector("textarea[name=body]").dispatchEvent(
    new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


class Desk:
    """The editor as the person before it sees it."""

    def __init__(self, page: Page, site: LiveSite) -> None:
        self.page, self.site = page, site

    def open(self, path: str = "/desk/posts/new") -> "Desk":
        self.page.goto(self.site.url + path)
        expect(self.tools).to_be_visible()
        return self

    @property
    def body(self) -> Locator:
        return self.page.locator("textarea[name=body]")

    @property
    def tools(self) -> Locator:
        return self.page.locator("[role=toolbar]")

    @property
    def text(self) -> str:
        return self.body.input_value()

    def write(self, text: str, chosen: str = "") -> None:
        """Puts the text there and selects the first of these words, else sets the caret at its end."""
        # As if typed; Chromium's own way of filling in thousands of lines takes minutes.
        self.body.evaluate(
            """async (area, text) => {
              const { trusted } = await import(TRUSTED);
              area.focus();
              area.select();
              const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
              const how = text ? "insertHTML" : "delete";
              if (!document.execCommand(how, false, trusted(html))) area.value = "";
            }""".replace("TRUSTED", TRUSTED),
            text,
        )
        at = text.index(chosen) if chosen else len(text)
        self.body.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [at, at + len(chosen)])

    def tool(self, name: str) -> None:
        self.tools.get_by_role("button", name=name, exact=True).click()

    def insert(self, name: str) -> None:
        self.tool("Insert")
        self.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(name)}")).click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, files: tuple[tuple[str, str, str], ...] = (), **data: str) -> None:
        types = {"plain": "text/plain", "html": "text/html"}
        self.page.evaluate(PASTE, [{types[name]: text for name, text in data.items()}, files])


@pytest.fixture(scope="module")
def cookies(browser: Browser, shared_site: LiveSite) -> Any:
    """Of Ann, who has signed in once for all tests that do not end her session."""
    for page in window(browser.new_context()):
        sign_in(page, shared_site, "ann")
        return page.context.storage_state()


@pytest.fixture
def desk(shared_site: LiveSite, browser: Browser, cookies: Any) -> Iterator[Desk]:
    """Ann, who writes a new post."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, storage_state=cookies)
    for page in window(context):
        yield Desk(page, shared_site).open()


# -- tools and keys


# tool, keys, text, what of it is chosen, and what becomes of it
TOOLS = (
    ("Bold", "Control+b", "a word here", "word", "a **word** here"),
    ("Italic", "Control+i", "a word here", "word", "a *word* here"),
    ("Code", "Control+e", "a word here", "word", "a `word` here"),
    ("Code", "Control+e", "one\ntwo", "one\ntwo", "```\none\ntwo\n```"),
    ("Link", "Control+k", "a word here", "word", "a [word](https://) here"),
    ("Heading: larger, smaller, none", "Control+Alt+Digit2", "a word here", "", "## a word here"),
    ("Quotation", "Control+Shift+Digit9", "one\ntwo", "one\ntwo", "> one\n> two"),
    ("List", "Control+Shift+Digit8", "one\ntwo", "one\ntwo", "- one\n- two"),
    ("Numbered list", "Control+Shift+Digit7", "one\ntwo", "one\ntwo", "1. one\n2. two"),
)


def test_a_tool_and_its_keys_change_the_text_and_undo_takes_it_back(desk, subtests):
    for tool, keys, before, chosen, after in TOOLS:
        for use in (lambda tool=tool: desk.tool(tool), lambda keys=keys: desk.press(keys)):
            with subtests.test(tool=tool, before=before):
                desk.write(before, chosen)
                use()
                assert desk.text == after
                desk.press("Control+z")
                assert desk.text == before


def test_a_mark_comes_off_as_it_went_on(desk):
    desk.write("a word here", "word")
    desk.press("Control+b", "Control+i")
    assert desk.text == "a ***word*** here"
    desk.press("Control+i", "Control+b")
    assert desk.text == "a word here"


def test_a_list_goes_on_and_ends_at_an_empty_item(desk):
    desk.body.focus()
    desk.page.keyboard.type("1. one\ntwo\n\nAfter")
    assert desk.text == "1. one\n2. two\nAfter"


def test_the_keys_are_listed_by_a_button_and_by_a_key(desk):
    dialog = desk.page.get_by_role("dialog", name="Keyboard shortcuts")
    desk.tool("Keyboard shortcuts")
    expect(dialog).to_contain_text("Bold")
    desk.press("Escape")
    expect(dialog).to_be_hidden()
    desk.body.focus()
    desk.press("Control+/")
    expect(dialog).to_be_visible()
    desk.press("Escape")
    desk.page.get_by_role("button", name="Save draft").focus()
    desk.press("Shift+?")
    expect(dialog).to_be_visible()


def test_the_toolbar_is_one_stop_of_the_tab_key(desk):
    desk.page.locator("textarea[name=summary]").focus()
    desk.press("Tab")
    expect(desk.tools.get_by_role("button", name="Bold")).to_be_focused()
    desk.press("ArrowRight")
    expect(desk.tools.get_by_role("button", name="Italic")).to_be_focused()
    desk.press("End")
    expect(desk.tools.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    desk.press("Tab")
    expect(desk.body).to_be_focused()


# -- pasting


def test_an_address_pasted_onto_words_makes_a_link(desk):
    desk.write("See the source for more.", "the source")
    desk.paste(plain="https://example.org/a_(b)")
    assert desk.text == "See [the source](https://example.org/a_(b%29) for more."
    desk.press("Control+z")
    assert desk.text == "See the source for more."
    desk.write("")
    desk.paste(plain="https://example.org/")
    assert desk.text == "https://example.org/"


RICH = """<meta charset="utf-8"><b style="font-weight:normal"><h1>Title</h1>
<p>Some <span style="font-weight:700">bold</span> and <i>light</i> words,
<a href="https://example.org/">a link</a>.</p><ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul>
<table><tbody><tr><td><p>Year</p></td><td><p>a|b</p></td></tr><tr><td>2026</td><td>12</td></tr></tbody></table>
<img src="file:///c/x.png"><script>alert(1)</script></b>"""
AS_MARKDOWN = """## Title

Some **bold** and *light* words, [a link](https://example.org/).

- one
- two
  1. deep

| Year | a\\|b |
| --- | --- |
| 2026 | 12 |"""


def test_what_has_form_is_pasted_as_markdown(desk):
    desk.write("")
    desk.paste(plain="Title Some bold…", html=RICH)
    expect(desk.body).to_have_value(AS_MARKDOWN)
    desk.press("Control+z")
    expect(desk.body).to_have_value("")


def test_a_long_paste_is_quick_and_one_undo(desk):
    desk.write("Before. ")
    desk.paste(plain="x", html="<h2>Long</h2>" + "<p>A paragraph <b>of</b> many.</p>" * 1500)
    expect(desk.body).to_have_value(re.compile(r"^Before\. ## Long\n\nA paragraph \*\*of\*\* many\.\n\n"))
    assert desk.text.count("paragraph") == 1500
    desk.press("Control+z")
    assert desk.text == "Before. "


def test_with_shift_it_stays_plain(desk):
    desk.write("")
    # Not the keys themselves: Chromium would paste what another test has copied.
    desk.body.dispatch_event("keydown", {"key": "V", "ctrlKey": True, "shiftKey": True})
    desk.paste(plain="plain words", html="<b>plain words</b>")
    assert desk.text == "plain words"


# -- pictures


def picture(name: str = "boat.jpg") -> tuple[str, str, str]:
    return name, "image/jpeg", base64.b64encode(pictures.picture("JPEG")).decode()


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_is_uploaded_described_and_put_in(desk, way):
    desk.write("Before.")
    if way == "paste":
        desk.paste((picture(),))
    else:
        desk.page.evaluate(DROP, [[picture()]])
    assert "![Uploading boat.jpg" in desk.text
    dialog = desk.page.get_by_role("dialog", name="What does the picture show?")
    dialog.get_by_label("Alternative text").fill("A boat [red]")
    dialog.get_by_label("Caption").fill('The "Anna"')
    desk.press("Enter")
    expect(dialog).to_be_hidden()
    assert desk.text.startswith("Before.\n\n![A boat \\[red\\]](/uploads/")
    assert desk.text.endswith('/boat.jpg "The \\"Anna\\"")\n\n')


def test_a_decorative_picture_says_so(desk):
    desk.paste((picture(),))
    dialog = desk.page.get_by_role("dialog", name="What does the picture show?")
    dialog.get_by_role("button", name="Insert").click()
    expect(dialog).to_be_visible()  # one or the other
    dialog.get_by_label("Decorative").check()
    dialog.get_by_role("button", name="Insert").click()
    expect(desk.body).to_have_value(re.compile(r"!\[\]\(/uploads/[^)]+#decorative\)\n\n"))


def test_a_file_that_is_no_picture_is_refused_in_words(desk):
    desk.write("Before.")
    desk.paste((("boat.jpg", "image/jpeg", "iVBORw0KGgpicm9rZW4="),))
    expect(desk.page.get_by_role("alert")).to_contain_text("boat.jpg", timeout=15_000)
    assert "Uploading" not in desk.text


def test_a_picture_of_the_library_is_put_in(desk):
    desk.page.evaluate(DROP, [[picture("kept.jpg")]])
    dialog = desk.page.get_by_role("dialog", name="What does the picture show?")
    dialog.get_by_role("button", name="Say it later").click()
    desk.write("")
    desk.insert("Picture")
    library = desk.page.get_by_role("dialog", name="Put in a picture")
    library.locator("label.choice", has_text="jpg").first.click()
    library.get_by_role("button", name="Insert").click()
    dialog.get_by_label("Alternative text").fill("A boat")
    dialog.get_by_role("button", name="Insert").click()
    expect(desk.body).to_have_value(re.compile(r"!\[A boat\]\(/uploads/[^)]+\)\n\n"))


# -- the insert menu


INSERTED = {
    "Callout": "Before.\n\n> [!NOTE]\n> ",
    "Table": "Before.\n\n| Column | Column |\n| --- | --- |\n|  |  |\n|  |  |\n",
    "Code": "Before.\n\n```\n\n```\n",
    "Formula": "Before.\n\n$$\n\n$$\n",
    "Footnote": "Before.[^1]\n\n[^1]: ",
    "A line across": "Before.\n\n---\n",
}


def test_the_menu_inserts(desk, subtests):
    for name, expected in INSERTED.items():
        with subtests.test(name):
            desk.write("Before.")
            desk.insert(name)
            assert desk.text.rstrip("\n") == expected.rstrip("\n")
            desk.page.keyboard.type("typed")
            assert "typed" in desk.text


def test_the_menu_works_by_keyboard(desk):
    desk.write("Before.")
    desk.press("Control+Alt+i", "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    assert desk.text.startswith("Before.\n\n| Column")
    desk.press("Control+Alt+i", "Escape")
    expect(desk.page.get_by_role("menu")).to_be_hidden()


def test_footnotes_count_on(desk):
    desk.write("One.[^1] Two.\n\n[^1]: First.", "Two.")
    desk.insert("Footnote")
    desk.page.keyboard.type("Second.")
    assert desk.text == "One.[^1] Two.[^2]\n\n[^1]: First.\n[^2]: Second."


def test_something_from_elsewhere_becomes_a_line_of_its_own(desk):
    desk.write("Before.")
    desk.insert("Embed")
    dialog = desk.page.get_by_role("dialog", name="Embed something")
    dialog.get_by_label("Address").fill("https://example.org/film")
    dialog.get_by_label("What it is").fill("A film")
    desk.press("Enter")
    assert desk.text.strip() == "Before.\n\n[A film](https://example.org/film)"


# -- find and replace


def test_finds_counts_and_goes_round(desk):
    desk.write("Note one, note two, NOTE three.")
    desk.body.evaluate("area => area.setSelectionRange(0, 0)")
    desk.press("Control+f")
    desk.page.keyboard.type("note")
    said = desk.page.locator(".find-said")
    expect(said).to_have_text("1 of 3")
    desk.press("Enter", "Enter")
    expect(said).to_have_text("3 of 3")
    desk.press("Enter")
    expect(said).to_have_text("1 of 3")
    desk.press("Shift+Enter", "Escape")
    expect(desk.body).to_be_focused()
    assert desk.body.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "NOTE"


def test_replaces_one_and_all_and_undo_takes_it_back(desk):
    desk.write("note one, note two, note three")
    desk.body.evaluate("area => area.setSelectionRange(0, 0)")
    desk.press("Control+Shift+h")
    desk.page.get_by_label("Find", exact=True).fill("note")
    desk.page.get_by_label("Replace by").fill("word")
    desk.press("Enter")
    assert desk.text == "word one, note two, note three"
    desk.page.get_by_role("button", name="Replace all").click()
    assert desk.text == "word one, word two, word three"
    expect(desk.page.locator(".find-said")).to_have_text("2 replaced")
    desk.press("Escape", "Control+z")
    assert desk.text == "word one, note two, note three"


def test_scrolls_to_what_it_finds(desk):
    desk.write("\n".join(f"Line {number} of a long text." for number in range(2000)))
    desk.press("Control+f")
    desk.page.keyboard.type("Line 1500 ")
    top = desk.body.evaluate("area => area.scrollTop / area.scrollHeight")
    assert 0.7 < top < 0.78


# -- counts and focus


SAME_WORDS = (
    TEXT,
    'A [link (with) words](/a_(b) "title") [both][r] ![a picture](x.png).\n\n[r]: https://example.org/a',
    "Noted.[^1] Again[^long].\n\n[^1]: The note of a few words.\n[^long]: Another.",
    "```\ncode\n```\n\n> ~~~py\n> quoted code\n> ~~~\n> words\n\n`code span` ```inline```\n\n~~~\nopen",
    "日本語の文章 and English, ภาษาไทย, 한국어 문장, हिन्दी भाषा, 𠀀𠀁𠀂, naïve café",
    "> [!NOTE] Title\n> Words\n\n## Head {#place}\n\n1. one\n- [x] done\n* - two\n\n|a|b/c|\n|-|-|\n|d|e|",
    "$$\na + b\n$$\n\n$x$ <b>raw</b> one<br>two <!-- no --> AT&amp;T __bold__ ___ a_b <https://e.org/a>",
    "",
)


def test_the_editor_counts_what_the_server_counts(desk):
    desk.page.evaluate("import('/static/js/words.js').then((it) => { window.countWords = it.countWords; })")
    desk.page.wait_for_function("() => window.countWords")
    counted = {text: desk.page.evaluate("text => countWords(text)", text) for text in SAME_WORDS}
    assert counted == {text: markdown.count_words(text) for text in SAME_WORDS}


def test_counts_words_and_minutes_as_one_types(desk):
    counts = desk.page.locator(".editor-counts")
    desk.write("one two three")
    expect(counts).to_have_text("3 words · 1 minute to read")
    desk.write("word " * 1000)
    expect(counts).to_have_text("1,000 words · 4 minutes to read")


def test_nothing_but_the_text(desk):
    button = desk.tools.get_by_role("button", name="Nothing but the text")
    desk.body.focus()
    desk.press("Control+Shift+f")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(desk.page.locator(".desk-side")).to_be_hidden()
    expect(desk.body).to_be_focused()
    desk.press("Escape")
    expect(desk.page.locator(".desk-side")).to_be_visible()


# -- how it looks


@pytest.fixture(params=[360, 1280])
def looked_at(
    request: pytest.FixtureRequest, browser: Browser, shared_site: LiveSite, cookies: Any
) -> Iterator[Desk]:
    size = {"width": request.param, "height": 800}
    context = browser.new_context(viewport=size, storage_state=cookies)
    for page in window(context):
        yield Desk(page, shared_site).open()


def no_violations(desk: Desk) -> None:
    assert violations(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_editor_and_all_that_opens_is_accessible_and_fits(looked_at):
    desk: Desk = looked_at
    no_violations(desk)
    opens: list[Callable[[], Any]] = [
        lambda: desk.press("Control+/"),
        lambda: desk.press("Control+f"),
        lambda: desk.press("Control+Alt+i"),
        lambda: desk.press("Control+Shift+u"),
        lambda: desk.insert("Embed"),
        lambda: desk.press("Control+Shift+f"),
    ]
    for open_ in opens:
        desk.body.focus()
        open_()
        no_violations(desk)
        desk.press("Escape")


def test_the_text_box_keeps_its_height_and_the_tools_stay_in_reach(looked_at):
    desk: Desk = looked_at
    height = desk.body.evaluate("area => area.offsetHeight")
    desk.write("Line.\n" * 500)
    assert desk.body.evaluate("area => area.offsetHeight") == height
    desk.body.evaluate("area => area.scrollIntoView({block: 'end'})")
    expect(desk.tools.get_by_role("button", name="Bold")).to_be_in_viewport()


# -- the preview beside the text


def live(desk: Desk) -> FrameLocator:
    desk.tool("Live preview")
    return desk.page.frame_locator(".editor-preview iframe")


def test_the_preview_is_made_by_what_publishes(desk):
    desk.page.locator("#title").fill("A *plain* title")
    desk.write(TEXT)
    shown = live(desk)
    expect(shown.locator("h1")).to_have_text("A *plain* title")
    expect(shown.locator("aside.callout")).to_contain_text("Something to know.")
    expect(shown.locator("math")).to_be_visible()
    expect(shown.locator("pre .k").first).to_have_text("def")
    expect(shown.locator(".masthead")).to_have_count(0)
    # In the reader's own style, and by the measure of the pane.
    assert "serif" in shown.locator(".prose").evaluate("prose => getComputedStyle(prose).fontFamily")
    desk.body.press("Control+End")
    desk.page.keyboard.type("A *new* word.")
    expect(shown.locator("em", has_text="new")).to_be_visible()


def test_nothing_in_the_preview_runs_or_leads_away(desk):
    desk.write('<script>top.document.title = "caught"</script>\n\n[a link](/about) <b onclick="1">b</b>')
    shown = live(desk)
    shown.locator("a", has_text="a link").click()
    expect(desk.body).to_have_value(re.compile("a link"))
    assert desk.page.title() != "caught"
    assert "/about" not in desk.page.frames[-1].url


def test_the_last_answer_wins(desk):
    desk.write("First")
    shown = live(desk)
    expect(shown.locator(".prose")).to_have_text("First")
    slow: list[Any] = []
    desk.page.route("**/preview", lambda route: slow.append(route) if not slow else route.continue_())
    with desk.page.expect_request("**/preview"):
        desk.write("Second")
    desk.write("Third")
    expect(shown.locator(".prose")).to_have_text("Third")
    slow[0].continue_()
    desk.page.wait_for_timeout(500)  # what came too late would be shown at once
    assert shown.locator(".prose").inner_text() == "Third"


def long_text() -> str:
    """Pictureless, but with blocks that are far higher on the page than in the text, and the other way."""
    parts = []
    for number in range(60):
        parts += [f"## Part {number}", "One line. " * 40, "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 12]
    return "\n\n".join(parts)


SHOWN_PART = """() => {
  const page = document.querySelector(".editor-preview iframe").contentDocument;
  const parts = [...page.querySelectorAll("h2")].filter((part) => part.getBoundingClientRect().top <= 40);
  return parts.length ? Number(parts.at(-1).textContent.match(/\\d+/)[0]) : -1;
}"""
WRITTEN_PART = """() => {
  const area = document.querySelector("textarea[name=body]");
  return area.scrollTop / area.scrollHeight * 60;
}"""


def test_text_and_preview_scroll_together_in_both_directions(desk):
    desk.write(long_text())
    shown = live(desk)
    expect(shown.locator("h2")).to_have_count(60)
    for number in (20, 45):
        desk.body.hover()
        desk.body.evaluate("(area, n) => { area.scrollTop = n / 60 * area.scrollHeight; }", number)
        desk.page.mouse.wheel(0, 1)
        desk.page.wait_for_function(f"() => Math.abs(({SHOWN_PART})() - {number}) <= 1")
    desk.page.locator(".editor-preview iframe").hover()
    desk.page.mouse.wheel(0, -100_000)
    desk.page.wait_for_function("() => document.querySelector('textarea[name=body]').scrollTop === 0")
    desk.page.mouse.wheel(0, 12_000)
    desk.page.wait_for_function(
        f"() => ({WRITTEN_PART})() > 5 && Math.abs(({SHOWN_PART})() - ({WRITTEN_PART})()) <= 1.5"
    )


# -- typing stays quick

# What a letter costs until the next frame is drawn, of twenty letters the median.
COST = """async () => {
  const area = document.querySelector("textarea[name=body]");
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const costs = [];
  const letter = (await import(TRUSTED)).trusted("e");
  area.setSelectionRange(area.value.length >> 1, area.value.length >> 1);
  for (let number = 0; number < 20; number += 1) {
    await frame();
    const began = performance.now();
    document.execCommand("insertText", false, letter);
    area.offsetHeight;
    costs.push(performance.now() - began);
  }
  return costs.sort((one, other) => one - other)[10];
}""".replace("TRUSTED", TRUSTED)
# The same in a bare textarea: what is the browser's own.
BARE = """(text) => {
  const area = document.querySelector("textarea[name=body]");
  const bare = area.cloneNode();
  for (const name of ["name", "id", "data-behaviour"]) bare.removeAttribute(name);
  bare.name = "bare";
  bare.value = text;
  document.querySelector(".desk-main").append(bare);
  bare.focus();
}"""


def test_a_long_text_is_typed_as_lightly_as_in_a_bare_box(desk):
    text = ("Words and words of a paragraph. " * 20 + "\n\n") * 160
    assert len(text) > 100_000
    desk.write(text)
    desk.page.wait_for_timeout(4000)  # saved once, counted, at rest
    ours = min(desk.page.evaluate(COST) for _ in range(3))
    desk.page.evaluate(BARE, text)
    bare = min(
        desk.page.evaluate(COST.replace("textarea[name=body]", "textarea[name=bare]")) for _ in range(3)
    )
    assert ours < 2 * bare + 4, (ours, bare)


# -- saving


def state(desk: Desk) -> Locator:
    return desk.page.locator("[data-state]")


def test_saves_after_a_pause_and_makes_a_draft_of_a_new_post(desk):
    desk.page.locator("#title").fill("Typed and left")
    desk.body.focus()
    desk.page.keyboard.type("Some words.")
    expect(state(desk)).to_have_text("Not saved yet")
    expect(state(desk)).to_contain_text("Saved", timeout=5_000)
    expect(desk.page).to_have_url(re.compile(r"/desk/posts/\d+/edit$"))
    address = desk.page.url
    desk.page.keyboard.type(" And more.")
    expect(state(desk)).to_have_text("Not saved yet")
    expect(state(desk)).to_contain_text("Saved", timeout=5_000)
    desk.page.reload()
    assert desk.page.url == address
    assert desk.text == "Some words. And more."
    expect(desk.page.locator("[data-offer]")).to_be_hidden()
    # And the buttons go on with this draft: it is not written twice.
    desk.page.get_by_role("button", name="Save draft").click()
    expect(desk.page).to_have_url(address)


def test_what_was_typed_before_the_script_ran_is_saved(shared_site, cookies, browser):
    waiting: list[Any] = []
    for page in window(browser.new_context(storage_state=cookies)):
        page.route("**/js/editor-saving.js", lambda route: waiting.append(route), times=1)
        page.goto(f"{shared_site.url}/desk/posts/new", wait_until="commit")
        desk = Desk(page, shared_site)
        page.locator("#title").fill("Typed at once")
        desk.body.fill("Before any script.")
        waiting[0].continue_()
        expect(state(desk)).to_contain_text("Saved", timeout=5_000)
        page.reload()
        assert page.locator("#title").input_value() == "Typed at once"
        assert desk.text == "Before any script."


def test_what_the_browser_put_back_is_saved(desk):
    desk.page.route("**/autosaves", lambda route: route.abort())
    desk.body.focus()
    desk.page.keyboard.type("Came back.")
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.goto(f"{desk.site.url}/about")
    desk.page.unroute("**/autosaves")
    desk.page.go_back()
    assert desk.text == "Came back."
    expect(state(desk)).to_contain_text("Saved", timeout=5_000)


def test_what_was_only_opened_is_not_saved(desk):
    for path in ("/desk/posts/new", "/desk/posts/1/edit"):
        desk.open(path)
        desk.page.wait_for_timeout(500)  # what is typed is noticed at once
        assert state(desk).inner_text() == ""


def test_a_long_title_is_seen_whole_and_stays_one_line(desk):
    title = desk.page.locator("#title")
    height = title.evaluate("box => box.clientHeight")
    title.focus()
    desk.page.keyboard.type("Keeping a long headline in sight, whole and unbroken, " * 3)
    assert title.evaluate("box => box.clientHeight") > height
    assert title.evaluate("box => box.scrollHeight <= box.clientHeight")
    title.evaluate("""box => {
      box.select();
      const data = new DataTransfer();
      data.setData("text/plain", "Two\\r\\nlines ");
      box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    expect(title).to_have_value("Two lines")
    desk.press("Enter")
    expect(desk.page.locator(".flash")).to_contain_text("Saved")
    expect(title).to_have_value("Two lines")


def test_on_a_phone_the_text_has_most_of_the_screen(desk):
    desk.page.set_viewport_size({"width": 360, "height": 780})
    desk.page.goto(desk.site.url + "/desk/posts?state=published")
    desk.page.locator(".listing-title").first.click()
    expect(desk.tools).to_be_visible()
    assert desk.page.locator(".form-bar").evaluate("bar => bar.offsetHeight") < 60
    assert desk.page.locator("#title").bounding_box()["y"] < 140


COVERED = """() => {
  const one = document.activeElement;
  if (one.matches("textarea") || one.closest(".form-bar, .desk-bar")) return 0;
  const bar = document.querySelector(".form-bar").getBoundingClientRect();
  return Math.max(0, one.getBoundingClientRect().bottom - bar.top);
}"""


def test_on_a_phone_nothing_with_the_focus_is_covered_when_changes_are_held(desk):
    desk.page.set_viewport_size({"width": 360, "height": 640})
    desk.page.goto(desk.site.url + "/desk/posts?state=published")
    desk.page.locator(".listing-title").first.click()
    desk.body.fill("Changed.")
    desk.page.get_by_role("button", name="Save without publishing").click()
    expect(desk.page.get_by_text("There are changes that readers do not see yet.")).to_be_visible()
    assert violations(desk.page) == []
    desk.body.focus()
    for _ in range(25):
        desk.press("Tab")
        name = desk.page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        assert desk.page.evaluate(COVERED) < 1, name


def test_a_wrong_value_in_a_closed_part_is_told(desk):
    desk.page.locator("#title").fill("Out of series")
    desk.page.locator("[name=series_position]").evaluate("box => box.value = '-5'")
    desk.page.get_by_role("button", name="Save draft").click()
    expect(desk.page.locator(".error-summary")).to_contain_text("Place in the series")
    expect(desk.page.locator("[name=series_position]")).to_be_visible()


def test_says_saved_only_once_the_server_has_answered(desk):
    waiting: list[Any] = []
    desk.page.route("**/autosaves", lambda route: waiting.append(route))
    desk.write("Some words.")
    expect(state(desk)).to_have_text("Saving…")
    desk.page.wait_for_timeout(500)
    expect(state(desk)).to_have_text("Saving…")
    waiting[0].continue_()
    expect(state(desk)).to_contain_text("Saved")


def test_asks_before_leaving_only_when_something_is_unsaved(desk):
    asked: list[str] = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.page.route("**/autosaves", lambda route: route.abort())
    desk.body.focus()
    desk.page.keyboard.type("Some words.")
    desk.page.goto(f"{desk.site.url}/desk")
    assert asked == ["beforeunload"]
    desk.open()
    desk.page.goto(f"{desk.site.url}/desk")
    assert asked == ["beforeunload"]


def test_what_the_browser_kept_can_be_compared_and_discarded(desk):
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.route("**/autosaves", lambda route: route.abort())
    desk.body.focus()
    desk.page.keyboard.type("Kept words.")
    expect(state(desk)).to_contain_text("Kept in this browser")
    desk.open()
    offer = desk.page.locator("[data-offer]")
    expect(offer).to_contain_text("This browser kept words of")
    offer.get_by_role("button", name="Compare").click()
    expect(offer.locator("ins")).to_have_text("Kept words.")
    offer.get_by_role("button", name="Discard it").click()
    expect(offer).to_be_hidden()
    desk.open()
    desk.page.wait_for_timeout(300)
    expect(offer).to_be_hidden()


def test_another_open_window_s_words_are_not_offered(desk):
    desk.page.route("**/autosaves", lambda route: route.abort())
    desk.body.focus()
    desk.page.keyboard.type("Being written.")
    expect(state(desk)).to_contain_text("Kept in this browser")
    other = Desk(desk.page.context.new_page(), desk.site).open()
    other.page.wait_for_timeout(300)
    expect(other.page.locator("[data-offer]")).to_be_hidden()


# -- the four failures: after each the text is there


def test_the_network_drops(desk):
    desk.write("Before.")
    expect(state(desk)).to_contain_text("Saved")
    desk.page.context.set_offline(True)
    desk.page.keyboard.type(" Written in a tunnel.")
    expect(state(desk)).to_have_text("Not saved: offline. Kept in this browser.")
    desk.page.get_by_role("button", name="Save draft").click()  # no page of the browser's in its place
    expect(state(desk)).to_have_text("Not saved: offline. Kept in this browser.")
    assert desk.text == "Before. Written in a tunnel."
    desk.page.context.set_offline(False)
    expect(state(desk)).to_contain_text("Saved")
    desk.page.reload()
    assert desk.text == "Before. Written in a tunnel."


def test_the_session_ends(live_site, visitor):
    sign_in(visitor, live_site, "ann")
    desk = Desk(visitor, live_site).open()
    desk.write("Before.")
    expect(state(desk)).to_contain_text("Saved")
    with live_site.app.app_context():
        db.session.execute(delete(UserSession))
        db.session.commit()
    desk.page.keyboard.type(" Written as nobody.")
    expect(state(desk)).to_contain_text("Not saved: you are signed out. Kept in this browser.")
    desk.page.get_by_role("button", name="Sign in here").click()
    dialog = desk.page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill("wrong")
    desk.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("The name or the password is not right.")
    dialog.get_by_label("Password").fill(PASSWORD)
    desk.press("Enter")
    expect(dialog).to_be_hidden()
    expect(state(desk)).to_contain_text("Saved")
    assert desk.text == "Before. Written as nobody."
    desk.page.get_by_role("button", name="Save draft").click()  # its token is a fresh one, too
    expect(desk.page.locator(".flash")).to_contain_text("Saved")
    assert desk.text == "Before. Written as nobody."


def descendants(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += descendants(int(stat.parent.name))
    return found


def test_the_server_is_killed(own_site, visitor):
    sign_in(visitor, own_site, "ann")
    desk = Desk(visitor, own_site).open()
    desk.write("Acknowledged.")
    expect(state(desk)).to_contain_text("Saved")
    for pid in descendants(own_site.process.pid):
        os.kill(pid, signal.SIGKILL)
    own_site.process.wait()
    desk.page.keyboard.type(" Written to nobody.")
    expect(state(desk)).to_have_text("Not saved: the server does not answer. Kept in this browser.")
    desk.page.get_by_role("button", name="Save draft").click()  # the page stays
    expect(state(desk)).to_contain_text("the server does not answer")
    port = int(own_site.url.rpartition(":")[2])
    instance = Path(own_site.app.instance_path)
    _url, own_site.process = serve(instance, own_site.app.config["SQLALCHEMY_DATABASE_URI"], port)
    try:
        expect(state(desk)).to_contain_text("Saved", timeout=30_000)
        desk.page.reload()
        assert desk.text == "Acknowledged. Written to nobody."
    finally:
        stop(own_site.process)


def test_the_server_is_gone_before_the_page_knows(live_site, visitor):
    sign_in(visitor, live_site, "ann")
    desk = Desk(visitor, live_site).open()
    desk.write("Acknowledged.")
    expect(state(desk)).to_contain_text("Saved")
    address = desk.page.url
    visitor.route("**/*", lambda route: route.abort())  # answers nothing, as one that was just killed
    desk.page.get_by_role("button", name="Save draft").click()
    expect(state(desk)).to_contain_text("Not saved: the server does not answer.")
    assert (desk.page.url, desk.text) == (address, "Acknowledged.")
    visitor.unroute("**/*")
    desk.page.get_by_role("button", name="Save draft").click()
    expect(desk.page.locator(".flash")).to_contain_text("Saved")


def test_the_session_is_gone_before_the_page_knows(live_site, visitor):
    sign_in(visitor, live_site, "ann")
    desk = Desk(visitor, live_site).open()
    desk.write("Acknowledged.")
    expect(state(desk)).to_contain_text("Saved")
    with live_site.app.app_context():
        db.session.execute(delete(UserSession))
        db.session.commit()
    desk.page.get_by_role("button", name="Save draft").click()
    expect(desk.page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    assert desk.text == "Acknowledged."


def test_the_browser_is_killed(playwright, live_site, tmp_path):
    process, browser = own_browser(playwright, tmp_path)
    page = browser.contexts[0].new_page()
    sign_in(page, live_site, "ann")
    desk = Desk(page, live_site).open()
    page.route("**/autosaves", lambda route: route.abort())  # as if it died within the pause before the save
    page.locator("#title").fill("Half a title")
    desk.body.focus()
    page.keyboard.type("Every word.")
    until_on_disk(tmp_path / "profile", "Every word.")
    process.kill()
    process.wait()

    process, browser = own_browser(playwright, tmp_path)
    try:
        page = browser.contexts[0].new_page()
        page.goto(f"{live_site.url}/desk")
        if page.url.startswith(f"{live_site.url}/login"):  # the cookie was not yet on the disk
            sign_in(page, live_site, "ann")
        desk = Desk(page, live_site).open()
        page.get_by_role("button", name="Bring it back").click()
        assert desk.text == "Every word."
        assert page.locator("#title").input_value() == "Half a title"
        expect(state(desk)).to_contain_text("Saved")
        page.reload()
        assert desk.text == "Every word."
    finally:
        browser.close()
        process.kill()
        process.wait()


def until_on_disk(profile: Path, words: str) -> None:
    """The browser writes what a page keeps when it finds the time."""
    kept = profile / "Default" / "IndexedDB"
    for _attempt in range(300):
        if any(words.encode("utf-16-le") in file.read_bytes() for file in kept.rglob("*.log")):
            return
        time.sleep(0.1)
    raise AssertionError("the browser has written nothing down")


def own_browser(playwright: Playwright, profile: Path) -> tuple[subprocess.Popen[bytes], Browser]:
    """A Chromium that keeps its profile, and its process."""
    port = free_port()
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
    command = [
        chromium(),
        *flags,
        f"--remote-debugging-port={port}",
        f"--user-data-dir={profile / 'profile'}",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _attempt in range(200):
        try:
            return process, playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        except PlaywrightError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the browser did not come up")


# -- without a script


def test_everything_is_a_plain_form_without_a_script(live_site, plain):
    sign_in(plain, live_site, "ann")
    plain.goto(f"{live_site.url}/desk/posts/new")
    expect(plain.locator("[role=toolbar]")).to_be_hidden()
    for dialog in plain.locator("dialog").all():
        expect(dialog).to_be_hidden()
    plain.locator("#title").fill("By hand")
    plain.locator("textarea[name=body]").fill("Some *words*.")
    plain.get_by_role("button", name="Save draft").click()
    expect(plain).to_have_url(re.compile(r"/desk/posts/\d+/edit$"))
    assert plain.locator("textarea[name=body]").input_value() == "Some *words*."
    plain.get_by_role("button", name="Publish").click()
    plain.get_by_role("link", name="See it on the site").click()
    expect(plain.locator("article em")).to_have_text("words")


# -- by keyboard alone


def test_a_post_is_written_described_and_saved_by_keyboard_alone(desk):
    desk.page.locator("#title").focus()
    desk.page.keyboard.type("No mouse")
    desk.press("Tab", "Tab", "Tab")
    expect(desk.body).to_be_focused()
    desk.page.keyboard.type("A word")
    desk.press("Control+Shift+ArrowLeft", "Control+b", "End")
    desk.press("Control+Alt+i", "ArrowDown", "ArrowDown", "Enter")
    desk.page.keyboard.type("The source.")
    assert desk.text == "A **word**[^1]\n\n[^1]: The source."
    desk.press("Control+s")
    expect(desk.page).to_have_url(re.compile(r"/desk/posts/\d+/edit$"))
    expect(desk.page.locator(".flash")).to_contain_text("Saved")
