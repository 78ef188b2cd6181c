"""A site with something of every kind, frozen to files, and a host that knows nothing but endings."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from posixpath import splitext
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flask import Flask

import films
from broadsheet import create_app, media
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Alias, Page, Post, Role, Series, Site, Tag, User
from broadsheet.transfer.freeze import Freezer, Report
from newsroom import TEXT
from pictures import picture
from stage import Client, Database, person, settings

URL = "https://www.example.org"
RICH = "post/8/everything-at-once.html"
# What says something else than the site does, and why: docs/guide/frozen.md.
OWN = {"search.html", "contact.html", "submit.html", "login.html"}
RULES = {"_headers", "_redirects"}
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'

KINDS = """
```chart bar title="Boats"
Year,Boats
2020,12
2021,15
```

https://www.youtube.com/watch?v=dQw4w9WgXcQ

See [the first page](/?page=2), [what is gone](/nothing-here), [the desk](/desk) and [another text](/post/1).
The address `https://www.example.org/?page=2` is only spoken of.
"""


@dataclass
class FrozenSite:
    app: Flask
    folder: Path
    report: Report

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def write(title: str, body: str = "Some words.", *, by: User, **more: object) -> Post:
    post = Post()
    post.revise(by=by, title=title, body=body, **{"authors": [by]} | more)
    post.publish()
    db.session.flush()
    return post


def fill() -> None:
    """Texts of every kind, of every state, in several scripts."""
    ada, ann = person("Ada Admin", Role.ADMIN), person("Ann Author", Role.AUTHOR)
    person("Rea Reader", Role.READER)
    Site.load().change(
        title="The Frozen Test", tagline="All & sundry", posts_per_page=3, security_contact="a@example.org",
        security_expires="2099-01-01",
    )  # fmt: skip
    red = media.store(io.BytesIO(picture(size=(1400, 900))), "Red & blue.png", by=ann)
    film = media.store(io.BytesIO(films.OTHERS[".mp4"]), "boat.mp4", by=ann)
    paper = media.store(io.BytesIO(films.OTHERS[".pdf"]), "paper.pdf", by=ann)
    drawing = media.store(io.BytesIO(DRAWING), "drawing.svg", by=ann)
    db.session.flush()
    ann.describe(name="Ann Author", bio="Writes about *tests*.", links=[], timezone="Europe/Berlin")
    ann.avatar = red
    series = Series.create(name="Letters from the harbour")
    notes = Tag.named(["Notes", "Crème brûlée"])
    for number in range(1, 8):
        post = write(f"Story {number}: a headline", TEXT, by=ann, tags=notes, summary=f"Number {number}.")
        post.series = series if number % 2 else None
    shown = "\n\n".join(one.markdown for one in (red, film, paper, drawing))
    rich = write("Everything at once", f"{shown}\n{KINDS}", by=ann, tags=Tag.named(["Rich"]), cover_id=red.id)
    write("Der Hafen", "Wörter am Fluß. Straße.", by=ada, language="de", translation_of_id=rich.id)
    write("مرحبا بالعالم", "كلمات كثيرة عن الميناء.", by=ada, language="ar", tags=Tag.named(["أخبار"]))
    write("港の話", "港について。", by=ada, language="ja")
    write("Unlisted apple", "Hidden pear.", by=ann, unlisted=True)
    renamed = write("An older name", "Moved.", by=ann)
    renamed.revise(by=ann, title="A newer name", slug="a-newer-name")
    Alias.keep("/2019/05/Old-Post", renamed)
    Alias.keep('/odd "path"/it\'s {1} $uri', renamed)
    Alias.keep("/tag/noten", notes[0])
    for number in range(1, 13):
        write(f"Short {number}", by=ada)
    # What must not be there.
    draft = Post()
    draft.revise(by=ann, title="Secret draft", body="Secret.", authors=[ann], tags=Tag.named(["Secret tag"]))
    write("Secret later", by=ann).schedule(clock.now() + timedelta(days=1))
    write("Secret over", by=ann).end(clock.now() - timedelta(minutes=1))
    write("Secret bin", by=ann).trash()
    for title, body in (
        ("About", "Who we are."),
        ("Contact", "Write to us."),
        ("Imprint", "Words. [x](/contact)"),
    ):
        page = db.session.scalar(Page.published().where(Page.slug == title.lower())) or Page()
        page.revise(by=ada, title=title, body=body, slug=title.lower())
        page.publish()
    # Neither a page nor the sitemap leads there.
    orphan = Page()
    orphan.revise(by=ada, title="Orphan", body="Alone.", canonical_url="https://elsewhere.example/orphan")
    orphan.publish()
    db.session.commit()


def filled(database: Database, folder: Path) -> Iterator[Flask]:
    """The site, within its context."""
    url = database.copy(folder)
    app = create_app(settings(folder / "instance", url, BROADSHEET_SITE_URL=URL), TESTING=True)
    app.test_client_class = Client
    with app.app_context():
        fill()
        yield app
        db.session.remove()
        db.engine.dispose()
    database.drop(url)


def freeze(app: Flask, folder: Path, **options: object) -> FrozenSite:
    report = Freezer(app, folder, **{"url": URL} | options).run()  # type: ignore[arg-type]
    return FrozenSite(app, folder, report)


Ask = Callable[[str], tuple[int, bytes, Any]]


def asking(app: Flask) -> Ask:
    client = app.test_client()

    def ask(address: str) -> tuple[int, bytes, Any]:
        with app.app_context(), client.get(address, base_url=URL) as answer:
            return answer.status_code, answer.data, answer.headers

    return ask


def files(folder: Path) -> set[str]:
    """Without those that only the host reads."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.startswith("_freeze/")}


def address(name: str) -> str:
    """Of a file of the frozen site."""
    stem, ending = splitext(name)
    page = re.fullmatch(r"(.*?)/?page/(\d+)", stem)
    path, query = (page[1], f"?page={page[2]}") if page else (stem, "")
    if name == "index.html":
        return "/"
    return "/" + quote(path + ("" if ending == ".html" else ending)) + query


class Host(SimpleHTTPRequestHandler):
    """As GitHub Pages: `/about` is about.html, what is not there is 404.html, and a query says nothing."""

    def translate_path(self, path: str) -> str:
        path = unquote(urlsplit(path).path)
        name = Path(self.directory) / path.lstrip("/")  # type: ignore[arg-type]
        html = name.with_name(f"{name.name}.html")
        return str(html if path != "/" and html.is_file() else name)

    def send_error(self, code: int, *_: Any) -> None:
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page)

    def end_headers(self) -> None:
        """With the policy that the rules give to every page."""
        rules = (Path(self.directory) / "_headers").read_text(encoding="utf-8")
        self.send_header(
            "Content-Security-Policy", rules.partition("Content-Security-Policy: ")[2].partition("\n")[0]
        )
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
