"""What the desk's and the readers' scripts put into a page: typed, pasted, previewed, brought back."""

from collections.abc import Sequence

from playwright.sync_api import Error

from bench.injections.watching import Watcher

PASTE = """
(html) => {
  const area = document.querySelector("textarea[name=body]");
  area.focus();
  const carried = new DataTransfer();
  carried.setData("text/html", html);
  carried.setData("text/plain", html);
  const how = { clipboardData: carried, bubbles: true, cancelable: true };
  area.dispatchEvent(new ClipboardEvent("paste", how));
}
"""
PREVIEWED = """
() => document.querySelector(".editor-preview iframe")?.contentDocument?.querySelector("main")
"""


def behave(watcher: Watcher, texts: Sequence[str], words: Sequence[str]) -> int:
    """How many behaviours were tried."""
    tried = 0
    for text in texts:
        tried += _edit(watcher, text)
    for said in words:
        tried += _search(watcher, said)
    return tried


def _edit(watcher: Watcher, text: str) -> int:
    """Types a text, sees it beside, leaves without a save, and finds it kept in the browser."""
    page = watcher.page
    watcher.look("/desk/posts/new")
    page.locator("[data-command=preview]").first.click()
    page.locator("textarea[name=body]").fill(text)
    page.locator("textarea[name=title]").fill(text.replace("\n", " ")[:250])
    page.wait_for_function(PREVIEWED)
    page.wait_for_timeout(700)  # the pause after which it is shown anew
    watcher.inspect()
    page.evaluate(PASTE, f"<p>{text}</p><ul><li><b>{text}</b></ul>")
    page.wait_for_timeout(300)
    watcher.inspect()
    watcher.look("/desk/posts/new")
    return 2 + _restored(watcher)


def _restored(watcher: Watcher) -> int:
    page = watcher.page
    try:
        page.wait_for_selector("[data-offer]:not([hidden])", timeout=2000)
    except Error:
        return 0
    for deed in ("compare", "restore"):
        button = page.locator(f"[data-deed={deed}]")
        if button.is_visible():
            button.click()
            page.wait_for_timeout(200)
            watcher.inspect()
    return 2


def _search(watcher: Watcher, said: str) -> int:
    """Types into the readers' search, and into the desk's palette."""
    page = watcher.page
    watcher.look("/search")
    page.locator("main input[name=q]").first.fill(said)
    page.wait_for_timeout(400)
    watcher.inspect()
    watcher.look("/desk")
    page.keyboard.press("Control+k")
    page.locator("#palette input").first.fill(said)
    page.wait_for_timeout(400)
    watcher.inspect()
    return 2
