"""A real server, as an owner starts it, and windows of a real Chromium in front of it."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import update

from broadsheet import create_app
from broadsheet.extensions import db
from broadsheet.models import Edition, Message, Post, Role, Site, Submission, Tag, User, UserSession
from broadsheet.web.sessions import Sessions
from broadsheet.web.setting_up import setup_token
from stage import SECRET_KEY, Database, free_port, person, settings

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"phone": (360, 780), "desktop": (1280, 900)}
SCHEMES = ("light", "dark")
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What passes is neither written out nor sent here: of a long page it would be thousands of elements.
JUDGE = (
    """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations"""
)
ON_PURPOSE = (
    "the server responded with a status of",
    "net::ERR_FAILED",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_REFUSED",
)

TEXT = """
Some *text* with a [link](/about), `code` and a note.[^1]

## A table

| Name | Number |
| ---- | -----: |
| one  |      1 |

> [!NOTE]
> Something to know.

## Code and math

```python
def answer() -> int:
    return 42
```

$$e^{i\\pi} + 1 = 0$$

- [x] done
- [ ] open

[^1]: The note itself.
"""


@dataclass
class LiveSite:
    """A running server, and the way to its database."""

    url: str
    app: Any
    process: subprocess.Popen[bytes]

    @property
    def setup_path(self) -> str:
        return f"/setup/{setup_token(self.app)}"


def chromium() -> str:
    found = os.environ.get("BROADSHEET_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine; to get it: apt install chromium")
    return found


def serve(instance: Path, database_url: str, port: int = 0) -> tuple[str, subprocess.Popen[bytes]]:
    """Starts the real command; returns once it answers."""
    port = port or free_port()
    environ = os.environ | {
        "BROADSHEET_NO_SETUP": "1",
        "BROADSHEET_INSTANCE": str(instance),
        "BROADSHEET_SECRET_KEY": SECRET_KEY,
        "BROADSHEET_DATABASE_URL": database_url,
        "BROADSHEET_RATE_LIMITS": "off",
        "BROADSHEET_WORK": "off",  # a test calls the chores it wants
    }
    command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=2):  # noqa: S310  an address of ours
                return url, process
        except OSError:
            time.sleep(0.05)
    process.kill()
    process.wait()
    raise RuntimeError("the server did not come up")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def fill() -> None:
    """A small newsroom: one of everything that a page can show."""
    Site.load().change(title="The Daily Test", tagline="All the news that runs")
    ada, ed, ann = (
        person("Ada Admin", Role.ADMIN),
        person("Ed Editor", Role.EDITOR),
        person("Ann Author", Role.AUTHOR),
    )
    ann.describe(name="Ann Author", bio="Writes about *tests*.", links=[], timezone="Europe/Berlin")
    for number in range(1, 16):
        post = Post()
        post.revise(
            by=ann,
            title=f"Story {number}: what a long and honest headline looks like",
            summary="A summary of a sentence or two, as an editor would write it.",
            body=TEXT,
            authors=[ann, ed] if number % 2 else [ann],
            tags=Tag.named(["Notes", "Testing"]),
        )
        post.publish()
    draft = Post()
    draft.revise(by=ann, title="Not yet", body="A draft.", authors=[ann])
    Message.receive(
        name="Vera Visitor", email="vera@example.com", subject="Hello", body="A question.\n\nThanks!"
    )
    Submission.receive(name="Sam Sender", email="sam@example.com", title="A piece", body="With *Markdown*.")
    db.session.commit()
    assert ada.id


def live(database: Database, folder: Path, *, filled: bool | Callable[[], None]) -> Iterator[LiveSite]:
    """A site with the small newsroom, with what another function fills in, or with nothing."""
    url = database.copy(folder, fill if filled is True else filled or None)
    instance = folder / "instance"
    app = create_app(settings(instance, url), TESTING=True)
    address, process = serve(instance, url)
    yield LiveSite(address, app, process)
    stop(process)
    with app.app_context():
        db.engine.dispose()
    database.drop(url)


def begin_anew(site: LiveSite, database: Database) -> None:
    """Puts the small newsroom back as it was, under a running server; what was uploaded or mailed is gone."""
    with site.app.app_context():
        db.session.remove()
        database.overwrite(site.app.config["SQLALCHEMY_DATABASE_URI"], fill)
        # Higher than any before: else the server could take what it kept of another test for this edition's.
        with db.engine.begin() as connection:
            connection.execute(update(Edition).values(number=time.time_ns()))
    instance = Path(site.app.instance_path)
    for folder in instance.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)


def window(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _foreign(request.url, complaints))
    yield page
    context.close()
    # Chromium logs every answer of 400 and more, and none at all; the tests ask for some on purpose.
    complaints = [line for line in complaints if not any(words in line for words in ON_PURPOSE)]
    assert not complaints, complaints


def _foreign(url: str, complaints: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:", "about:")):
        complaints.append(f"a request to a third party: {url}")


def sign_in(page: Page, site: LiveSite, username: str) -> None:
    """Gives the browser a session of this person. The form that does so is what the journeys are about; for
    all others its two pages and the password's digest would cost more than what they look at."""
    with site.app.test_request_context():
        user = db.session.scalars(User.known_as(username)).one()
        _, token = UserSession.start(user, address="127.0.0.1", user_agent="Chromium")
        db.session.commit()
        signer = Sessions().get_signing_serializer(site.app)
    assert signer
    cookie = {"_user_id": token, "_fresh": True}
    name, value = site.app.config["SESSION_COOKIE_NAME"], signer.dumps(cookie)
    page.context.add_cookies([{"name": name, "value": str(value), "url": site.url, "httpOnly": True}])


def violations(page: Page) -> list[str]:
    """What axe-core finds, WCAG 2.2 AA and best practices; of the dark scheme, what its colours decide."""
    if not AXE.exists():
        pytest.skip("axe-core is not here; to get it: npm install --no-save axe-core")
    page.wait_for_load_state()  # a page without its style would be another page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = []
    for scheme, rules in (("dark", COLOURS), ("light", {"type": "tag", "values": tags})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        result = page.evaluate(JUDGE, rules)
        found += [
            f"{one['id']} ({scheme}): {node['target']} {node.get('failureSummary', '')}"
            for one in result
            for node in one["nodes"]
        ]
    return found


def flaws(page: Page) -> list[str]:
    """What of a page does not fit, or is not accessible, in a window of each width. It is loaded but once."""
    found = []
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{name}: {violation}" for violation in violations(page)]
        found += [f"{name}: scrolls sideways by {over} px" for over in [sideways(page)] if over > 0]
    return found


def sideways(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    root = "document.documentElement"
    over: int = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return over
