"""Sites to measure, each with an instance of its own in a scratch folder; the one here is not touched."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from bench import ROOT, client, servers
from bench.client import Unexpected

ADMIN, PASSWORD = "ada@example.org", "correct horse battery"


class Scratch:
    """Makes sites in a folder, each once, and remembers how long that took."""

    def __init__(self, folder: Path, content: Path | None) -> None:
        self.folder, self._content = folder, content
        self.seconds: dict[str, float] = {}

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def sample(self) -> Path:
        """A site as people have them: of the given content, or of some hundred made-up posts."""
        if self._content is None:
            return self.large(300)
        return self._made("content", ["import", "markdown", str(self._content)])

    def large(self, posts: int) -> Path:
        return self._made(f"posts-{posts}", ["demo", "--posts", str(posts)])

    def _made(self, name: str, fill: list[str]) -> Path:
        instance = self.folder / name
        if not instance.exists():
            manage(instance, *new_admin(), typed=PASSWORD + "\n")
            began = time.perf_counter()
            manage(instance, *fill)
            self.seconds[name] = time.perf_counter() - began
        return instance


def new_admin() -> list[str]:
    return ["user", "create", "--role", "admin", "Ada Admin", ADMIN, "--password-stdin"]


def manage(instance: Path, *arguments: str, typed: str = "") -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=servers.environment(instance=instance),
        input=typed,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unexpected(f"manage.py {' '.join(arguments[:2])} fails: {said[-1] if said else ''}")


# -- addresses of a site that is served


def sitemap(port: int) -> Iterator[str]:
    """The paths of all public pages, through the sitemap's index."""
    waiting = ["/sitemap.xml"]
    while waiting:
        text = client.get(port, waiting.pop(0)).body.decode()
        named = [client.path_of(url) for url in re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", text)]
        if "<sitemapindex" in text:
            waiting += named
        else:
            yield from named


def posts(port: int) -> Iterator[str]:
    return (path for path in sitemap(port) if path.startswith("/post/"))


def a_post(port: int) -> str:
    """The one that the first page names first."""
    return linked(port, "/", r"/post/\d+/[^\"#?]+")


def linked(port: int, path: str, pattern: str) -> str:
    """The first address on a page that looks so. Raises Unexpected if there is none."""
    for found in all_linked(port, path, pattern):
        return found
    raise Unexpected(f"{path} leads to nothing like {pattern}")


def all_linked(port: int, path: str, pattern: str) -> Iterator[str]:
    text = client.get(port, path).body.decode()
    for found in re.finditer(rf'href="((?:http://[^/"]+)?{pattern})"', text):
        yield client.path_of(urljoin(path, found[1]))
