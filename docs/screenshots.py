"""Takes the pictures of the README: a site of its own with the content of docs/sample, in light and dark.

    .venv/bin/python docs/screenshots.py

Needs Chromium (`apt install chromium`) and the development requirements, which `manage.py test` installs.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "site"), str(ROOT / "tests")]

# Below the path that leads to them.
from broadsheet import create_app  # noqa: E402
from broadsheet.extensions import db  # noqa: E402
from broadsheet.models import Message, Post, Site, Submission, Tag  # noqa: E402
from broadsheet.models.founding import found  # noqa: E402
from broadsheet.transfer.demo import drawing  # noqa: E402
from broadsheet.transfer.markdown import Importer  # noqa: E402
from newsroom import LiveSite, chromium, serve, sign_in, stop  # noqa: E402  found by the path above
from stage import PASSWORD, Database, settings  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE: ViewportSize = {"width": 1280, "height": 880}
LEAD = "what-the-harbour-remembers"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = Database(folder).copy(folder)
        app = create_app(settings(folder / "instance", url))
        with app.app_context():
            lead = fill(folder)
            db.session.remove()
            db.engine.dispose()
        address, process = serve(folder / "instance", url)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
                photograph(browser, LiveSite(address, app, process), lead, "light")
                photograph(browser, LiveSite(address, app, process), lead, "dark")
                browser.close()
        finally:
            stop(process)


def fill(folder: Path) -> str:
    """Founds the paper and imports its content; returns the address of the lead story."""
    content = folder / "content"
    shutil.copytree(ROOT / "docs" / "sample" / "content", content)
    drawing.harbour().save(content / LEAD / "harbour.png")
    editor = found(name="Ines Calloway", email="ines@example.com", password=PASSWORD, username="ada")
    Site.load().change(
        title="The Tidewater Gazette",
        tagline="Salt, print and patience since 1874",
        navigation=[
            {"label": label, "url": url}
            for label, url in [
                ("Home", "/"),
                ("Town", "/tag/town"),
                ("Harbour", "/tag/harbour"),
                ("Kitchen", "/tag/kitchen"),
                ("Archive", "/archive"),
                ("About", "/about"),
                ("Contact", "/contact"),
            ]
        ],
    )
    db.session.commit()
    Importer(content).run()
    for welcome in db.session.scalars(Post.tagged(Tag.named(["Welcome"])[0])):
        welcome.trash()
    draft = Post()
    draft.revise(by=editor, title="Eels: a correction", body="There were ten pages.", authors=[editor])
    db.session.add(Message(name="Ruth", email="ruth@example.com", subject="The rings", body="One is mine."))
    db.session.add(Submission(name="Abel", email="abel@example.com", title="On gulls", body="They know."))
    db.session.commit()
    return db.session.scalars(db.select(Post).where(Post.slug == LEAD)).one().path


def photograph(browser: Browser, site: LiveSite, lead: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)
    page = context.new_page()
    for name, path in (("home", "/"), ("post", lead)):
        page.goto(site.url + path)
        page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => {})))")
        page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    sign_in(page, site, "ada")
    page.goto(f"{site.url}/desk/posts")
    page.screenshot(path=IMAGES / f"desk-{scheme}.png")
    context.close()


if __name__ == "__main__":
    main()
