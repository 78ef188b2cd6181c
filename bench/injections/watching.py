"""A real Chromium that opens pages and hears whether anything runs that ours did not send."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, Playwright, Request, Route

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
FLAGS += ["--no-first-run", "--disable-component-update", "--disable-sync"]

HEAR, FIND = ((Path(__file__).parent / name).read_text("utf-8") for name in ("hear.js", "find.js"))


class Watcher:
    """Windows of one person, or of a stranger. `found` is what ran or could have, with the address."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base, self.found, self.opened, self.links = base, dict[str, None](), 0, set[str]()
        self._at = ""
        context.set_default_timeout(20_000)
        context.expose_function("heard", self._hear)
        context.add_init_script(HEAR)
        context.route(lambda url: not self._is_ours(url), self._foreign)
        context.on("dialog", self._dialog)
        context.on("request", self._requested)
        self.page: Page = context.new_page()

    def look(self, path: str) -> None:
        """Opens an address. A file that is only kept, and an answer without a body, show nothing."""
        self._at = path
        with suppress(Error):
            answer = self.page.goto(urljoin(self.base, path), wait_until="load")
            if answer is not None and answer.status >= 500 and answer.status != 503:
                self._hear(f"the answer is {answer.status}")
            self._inspect()

    def look_at_answer(self, path: str, status: int, html: str, policy: str) -> None:
        """What a form was answered, as the browser that had sent it would show it."""
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        address = urljoin(self.base, path)
        self.page.route(address, lambda route: route.fulfill(status=status, headers=headers, body=html))
        self.look(path)
        self.page.unroute(address)

    def inspect(self) -> None:
        """What is in the page as scripts of ours have changed it."""
        self._inspect()

    def _inspect(self) -> None:
        self.opened += 1
        for one in self.page.evaluate(FIND):
            self._hear(one)
        links = self.page.evaluate("[...document.links].map((link) => link.href)")
        self.links.update(link.removeprefix(self.base) for link in links if self._is_ours(link))

    def _is_ours(self, url: str) -> bool:
        return url.startswith(self.base + "/") or urlsplit(url).scheme in ("about", "blob")

    def _requested(self, request: Request) -> None:
        if not self._is_ours(request.url):
            self._hear(f"{request.url[:100]} was asked for")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":  # that of the editor, which has something unsaved
            self._hear("a dialog opened")
        dialog.accept()

    @staticmethod
    def _foreign(route: Route) -> None:
        route.abort()

    def _hear(self, what: str) -> None:
        self.found[f"{self._at}: {what}"] = None


@contextmanager
def chromium(playwright: Playwright, program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def window(browser: Browser, base: str, cookies: list[tuple[str, str]], *, policy: bool) -> Iterator[Watcher]:
    """Without the policy nothing but the markup stands between a shape and the reader."""
    context = browser.new_context(bypass_csp=not policy, accept_downloads=False)
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies])
    try:
        yield Watcher(context, base)
    finally:
        context.close()


PLACES = {
    "post": 2,
    "tag": 1,
    "user": 1,
    "series": 1,
    "uploads": 1,
    "preview": 1,
    "archive": 1,
    "invitation": 1,
}


def pattern(path: str) -> str:
    """What addresses of the same kind of page have in common."""
    parts = urlsplit(path).path.split("/")
    kept = [re.sub(r"^\d+$", "*", part) for part in parts]
    for place in range(2, 2 + PLACES.get(parts[1] if len(parts) > 1 else "", 0)):
        if place < len(kept):
            kept[place] = "*"
    named = sorted(re.findall(r"[?&]([\w.-]+)=", path))
    return "/".join(kept) + "?" + "&".join(named)
