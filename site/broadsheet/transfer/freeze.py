"""The whole public site as files, which any host of files serves.

Each address is asked of the site itself, in this process, and its answer is the file. The models say which
addresses there are; what pages name beside them (pictures in their sizes, scripts, further pages of a list)
is found in the pages. Why the files lie as they do: docs/decisions/0042.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from flask import Flask

from broadsheet.transfer.frozen import addresses, caddy, closed, netlify, nginx, plain, searching
from broadsheet.transfer.frozen.crew import Crew
from broadsheet.transfer.frozen.folder import Folder
from broadsheet.transfer.frozen.links import Link, links_in
from broadsheet.transfer.frozen.live import Answer, Live
from broadsheet.transfer.frozen.places import CONFIGURATION, MISSING, Address, address_of, check, file_of
from broadsheet.transfer.frozen.serving import Serving

REDIRECTS = (301, 302, 303, 307, 308)
# Asked for what nobody can have written: the answer holds no word of the address.
NOWHERE = "/post/0/0"
# What stands in the folder beside the site itself.
OURS = (CONFIGURATION, netlify.HEADERS, netlify.REDIRECTS)
BATCH = 16  # addresses that are asked for in one piece of work
WORTH_A_CREW = 300  # for fewer, to start it takes longer


class SiteError(Exception):
    """The site does not answer as it should; nothing was taken away. The message says what."""


@dataclass
class Report:
    pages: int = 0
    redirects: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Taken:
    """What was found at an address. The answer is without its body; `name` is that of its file, if any."""

    address: Address
    answer: Answer
    name: str = ""
    is_written: bool = False
    links: list[Link] = field(default_factory=list)
    problem: str = ""


class Freezer:
    """`url` is where the files will be served; `site` where the site itself answers, if visitors may be sent
    there; with `plain`, the host knows neither queries nor rules. `progress` gets (done, of how many)."""

    def __init__(
        self,
        app: Flask,
        folder: Path,
        *,
        url: str,
        site: str = "",
        plain: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self.live, self.folder, self.site, self.plain = Live(app, url), Folder(folder), site, plain
        self.progress = progress
        self.serving, self.report = Serving(), Report()
        self._waiting: deque[Address] = deque()  # named by pages, still to be asked
        self._asked: set[Address] = set()
        self._named_by: dict[Address, str] = {}  # of what a reader may follow: a page that leads there

    def run(self) -> Report:
        """Raises FolderError, SiteError or OSError; then the folder has new files, but lacks none."""
        self.folder.open()
        try:
            self._freeze_all()
            self._learn_what_moved()
            self._freeze_what_is_missing()
            self._write_search()
            self._write_rules()
        except BaseException:
            self.folder.leave()
            raise
        self.report.removed = self.folder.close()
        return self.report

    # -- the answers

    def _freeze_all(self) -> None:
        """What the models know, and what that names, until nothing new is named."""
        total = sum(1 for _ in addresses.known())
        known = map(Address, addresses.known())
        with Crew(self.take, is_worth_it=total >= WORTH_A_CREW) as crew:
            while True:
                batch = list(islice(self._not_asked(known), BATCH))
                if batch:
                    crew.start(batch)
                elif not crew.is_busy:
                    break
                if crew.is_full or not batch:
                    for results in crew.results():
                        for taken in results:
                            self._note(taken)
                    asked = len(self._asked)
                    self.progress(asked, max(total, asked + len(self._waiting)))

    def _not_asked(self, known: Iterator[Address]) -> Iterator[Address]:
        while True:
            address = self._waiting.popleft() if self._waiting else next(known, None)
            if address is None:
                return
            if address not in self._asked:
                self._asked.add(address)
                yield address

    def take(self, batch: list[Address]) -> list[Taken]:
        """Asks for each and writes its file; perhaps in another process, so it returns what it found."""
        return [self._take(address) for address in batch]

    def _take(self, address: Address) -> Taken:
        answer = self._ask(address)
        taken = Taken(address, Answer(answer.status, answer.headers, []))
        is_private = "private" in answer.headers.get("Cache-Control", "")
        if answer.status != 200 or (is_private and address.path not in closed.CLOSED):
            return taken
        try:
            name = file_of(address, answer.is_html)
        except ValueError as error:
            taken.problem = f"{address}: {error}"
            return taken
        text = answer.text
        taken.links = list(dict.fromkeys(links_in(answer, address.path, self.live.url)))
        body = answer.body
        if self.plain and text:
            body = [plain.with_paths(text, self.live.url, is_html=answer.is_html).encode()]
        taken.is_written = self.folder.write(name, body)
        taken.name = name
        return taken

    def _ask(self, address: Address) -> Answer:
        if address.path == "/search":
            return searching.page(self.live)
        if address.path in closed.CLOSED:
            return closed.page(self.live, address.path, self.site)
        return self.live.ask(str(address))

    def _note(self, taken: Taken) -> None:
        address, status = taken.address, taken.answer.status
        named_by = self._named_by.pop(address, "")
        if status >= 500:
            raise SiteError(f"{address} answers {status}; the log says why.")
        if taken.problem:
            self.report.problems.append(taken.problem)
        elif taken.name:
            if taken.name in self.folder:
                self.report.problems.append(f"{address}: another address has the same file")
            self._keep(taken.name, taken.is_written)
            self.report.pages += taken.answer.is_html
            self.serving.learn(address, taken.answer)
            self._follow(taken)
        elif status in REDIRECTS:
            self._redirect(address, taken.answer)
        elif named_by:
            nowhere = "leads nowhere" if status in (404, 410) else "is for the site itself alone"
            self.report.problems.append(f"{named_by}: the link to {address} {nowhere}")

    def _follow(self, taken: Taken) -> None:
        for link in taken.links:
            address = address_of(link.to)
            if address in self._asked or address.path.startswith(closed.PRIVATE):
                continue
            if link.is_followed:
                self._named_by.setdefault(address, str(taken.address))
            self._waiting.append(address)

    def _redirect(self, address: Address, answer: Answer) -> None:
        target = answer.headers["Location"].removeprefix(self.live.url)
        if target.startswith(closed.PRIVATE) or address.page > 1:
            return
        self.serving.redirects[address.path] = target, 302 if answer.status in (302, 303, 307) else 301
        if target.startswith("/"):
            self._waiting.append(address_of(target))

    def _keep(self, name: str, is_written: bool) -> None:
        self.folder.keep(name)
        if is_written:
            self.report.written += 1
        else:
            self.report.unchanged += 1

    def _write(self, name: str, content: bytes) -> None:
        self._keep(name, self.folder.write(name, [content]))

    def _learn_what_moved(self) -> None:
        for path, target in addresses.moved():
            if Address(path) not in self._asked:
                self.serving.redirects[path] = str(Address(target)), 301
        self.report.redirects = len(self.serving.redirects)

    def _freeze_what_is_missing(self) -> None:
        answer = self.live.ask(NOWHERE)
        self.serving.learn(Address(f"/{MISSING}"), answer)
        self._write(MISSING, b"".join(answer.body))

    def _write_search(self) -> None:
        for name, content in searching.files(self.live):
            self._write(name, content)

    # -- for whom the files are

    def _write_rules(self) -> None:
        rules = nginx.files(self.serving) | caddy.files(self.serving)
        rules |= netlify.files(self.serving, plain=self.plain)
        if self.plain:
            rules[".nojekyll"] = ""  # or GitHub Pages leaves out what begins with a dot or a dash
            self._write_redirect_pages()
        for name, text in rules.items():
            self._write(name, text.encode())

    def _write_redirect_pages(self) -> None:
        for path, (target, _status) in sorted(self.serving.redirects.items()):
            for name in names_of_redirect(path):
                try:
                    check(name)
                    if name.partition("/")[0] in OURS:
                        raise ValueError("its file would be another one's")
                except ValueError as error:
                    self.report.problems.append(f"{path}: no page can redirect from here, {error}")
                    break
                if name not in self.folder:
                    self._write(name, plain.redirect_page(target, self.live.url))


def names_of_redirect(path: str) -> list[str]:
    """Under all names by which hosts look for a file: where a blog was before, addresses often ended in a
    slash."""
    stem = path.strip("/")
    if path.startswith("/post/") or "." in stem.rpartition("/")[2]:
        return [stem if "." in stem.rpartition("/")[2] else f"{stem}.html"]
    return [f"{stem}.html", f"{stem}/index.html"]
