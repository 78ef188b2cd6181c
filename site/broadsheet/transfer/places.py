"""Where the things are now that an imported text points to: other posts, and pictures beside it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from broadsheet.lib.markdown.policy import is_elsewhere
from broadsheet.models.alias import normalised
from broadsheet.transfer.entry import Entry

PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg"}
SUFFIXES = (".md", ".markdown")

# Where the generators keep what is not written: below the imported folder, or beside one of these names.
_WRITTEN = {"content", "_posts", "_drafts", "posts"}
# `github.com/somebody`: its author forgot how an address begins. No folder of a blog has such a name.
_BEGUN_LATE = re.compile(r"(?:[a-z0-9-]+\.)+(?:com|dev|edu|gov|io|net|org)/", re.IGNORECASE)
_SHELVES = ("static", "assets", "images", "img", "public", "uploads", "files", "media")


def lacks_its_scheme(written: str) -> bool:
    """Whether an address names a host, but not how to get there."""
    return bool(_BEGUN_LATE.match(written))


def is_picture(path: str) -> bool:
    return Path(path).suffix.lower() in PICTURES


@dataclass(frozen=True, slots=True)
class Target:
    post_id: int
    slug: str

    @property
    def path(self) -> str:
        return f"/post/{self.post_id}/{self.slug}"


class Places:
    """All posts of an import by the names that links may use for them."""

    def __init__(self, root: Path, base_url: str, elsewhere: Callable[[list[str]], Target | None]) -> None:
        """`elsewhere` is asked for addresses that no file has: an earlier import may have brought them."""
        self.root = root.resolve()
        self.base = urlsplit(base_url.rstrip("/"))
        self.targets: dict[str, Target] = {}
        self._keys: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._elsewhere = elsewhere
        site = self.root.parent
        beside = [site / shelf for shelf in _SHELVES] if self.root.name in _WRITTEN else []
        self._shelves = [self.root, self.root / "static", self.root / "assets", *beside]
        self._sites = [self.root, site] if beside else [self.root]

    def add(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """Takes the entry in; yields each of its addresses that another file has already, with that file."""
        self._by_name.setdefault(_name_of(entry.key), entry.key)
        for address in entry.addresses:
            holder = self._keys.setdefault(address, entry.key)
            if holder != entry.key:
                yield address, holder

    def local(self, written: str) -> str:
        """The path of an address on the imported site, decoded; nothing if it lies elsewhere."""
        if is_elsewhere(written) and not self.base.netloc:
            return ""
        try:
            parts = urlsplit(written)
        except ValueError:
            return ""
        if not is_elsewhere(written):
            return unquote(parts.path)
        base = self.base
        is_ours = parts.netloc.lower() == base.netloc.lower() and parts.scheme in ("http", "https")
        if not is_ours or not f"{parts.path}/".startswith(f"{base.path}/"):
            return ""
        return unquote(parts.path.removeprefix(base.path)) or "/"

    def target(self, path: str, entry: Entry) -> Target | None:
        """The post that the local `path` means in the entry's text."""
        for key in self._keys_meant(path, entry):
            if key in self.targets:
                return self.targets[key]
        addresses = list(_addresses_meant(path, entry))
        for address in addresses:
            if address in self._keys:
                return self.targets.get(self._keys[address])
        return self._elsewhere(addresses)

    def picture(self, path: str, entry: Entry) -> Path | None:
        """The picture's file, if it is there and lies within the imported site."""
        for candidate in self._files_meant(path, entry):
            try:
                found = candidate.resolve()
                is_there = found.is_file()
            except (OSError, ValueError):  # no name that a file can have: too long, or with a NUL in it
                continue
            if is_there and any(found.is_relative_to(shelf) for shelf in self._shelves):
                return found
        return None

    def host_of(self, written: str) -> str:
        """The host of a full address, if its path is one that a post of this import had."""
        scheme, _, rest = written.partition("://")
        host, _, path = rest.partition("/")
        if scheme not in ("http", "https") or "/" not in path:
            return ""
        path = re.split("[?#]", path, maxsplit=1)[0].rstrip("/").removesuffix(".html")
        return f"{scheme}://{host}" if f"/{path}" in self._keys else ""

    def _keys_meant(self, path: str, entry: Entry) -> Iterator[str]:
        """`@/a/b.md` and `/a/b.md` from the top, `../b.md` from the entry's folder; `.md` may be left out."""
        is_from_top = path.startswith(("@/", "/"))
        key = normpath(path.removeprefix("@").lstrip("/") if is_from_top else join(dirname(entry.key), path))
        names = [key] if key.endswith(SUFFIXES) else [f"{key}.md", f"{key}/index.md", f"{key}.markdown"]
        yield from names
        yield from (f"content/{name}" for name in names)
        if path.startswith("@/") and (named := self._by_name.get(_name_of(names[0]))):
            yield named

    def _files_meant(self, path: str, entry: Entry) -> Iterator[Path]:
        if path.startswith(("@/", "/")):
            inner = path.removeprefix("@").lstrip("/")
            yield from (place / inner for place in dict.fromkeys((*self._sites, *self._shelves)))
        else:
            yield self.root / dirname(entry.key) / path


def _addresses_meant(path: str, entry: Entry) -> Iterator[str]:
    if path.startswith("@/"):
        return
    if path.startswith("/"):
        yield normalised(path)
        return
    for own in entry.addresses[:1]:  # as from `/own/`, and as from `/own.html`
        yield normalised(normpath(join(own, path)))
        yield normalised(normpath(join(dirname(own), path)))


def _name_of(key: str) -> str:
    """What tells a file from others when its folder is not said: `2020-01-02-name`, or a bundle's folder."""
    path = Path(key)
    return path.parent.name if path.stem == "index" else path.stem
