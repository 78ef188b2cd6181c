"""From an address to its file. A page is `about.html` beside the folder `about/`: the usual hosts serve it at
`/about`, without a redirect to a slash. What pages a list has after the first lies in `…/page/`, where no
other address of the site is."""

from pathlib import PurePosixPath
from posixpath import splitext
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

HOME = "index.html"
MISSING = "404.html"
CONFIGURATION = "_freeze"
LONGEST_NAME = 255  # bytes; of every file system in use

# Whose pages are told apart by a number in the query; every other query leaves the file the same.
PAGE = "page"


class Address(NamedTuple):
    """A path as it is meant, decoded, and which page of a list."""

    path: str
    page: int = 1

    def __str__(self) -> str:
        """As it is asked for."""
        path = quote(self.path, safe="/!$&'()*+,:;=@~")
        return f"{path}?{PAGE}={self.page}" if self.page > 1 else path

    @property
    def as_path(self) -> str:
        """Where the page lies for a host that knows no queries, without an ending."""
        if self.page == 1:
            return str(self)
        stem, ending = splitext(str(Address(self.path)))
        return f"{stem.rstrip('/')}/{PAGE}/{self.page}{ending}"


def address_of(link: str) -> Address:
    """Of a link within the site, as it stands in a page: `/tag/caf%C3%A9?page=2#top`."""
    parts = urlsplit(link)
    asked = dict(parse_qsl(parts.query))
    number = asked.get(PAGE, "")
    is_page = number.isascii() and number.isdigit() and int(number[:8]) > 1
    return Address(unquote(parts.path) or "/", int(number) if is_page else 1)


def file_of(address: Address, is_html: bool) -> str:
    """Its name below the folder. Raises ValueError where no file can have it."""
    stem, ending = (address.path, ".html") if is_html else splitext(address.path)
    stem = stem.strip("/")
    if address.page > 1:
        stem = f"{stem}/{PAGE}/{address.page}".lstrip("/")
    name = f"{stem}{ending}" if stem else HOME
    check(name)
    if (is_html and stem in ("index", "404")) or stem.partition("/")[0] == CONFIGURATION:
        raise ValueError("its file would be another one's")
    return name


def check(name: str) -> None:
    """That the name leads to one place below the folder, on every usual file system."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError("it is no name of a file")
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise ValueError("it is longer than the name of a file may be")
    if "\\" in name or not name.isprintable() or PurePosixPath(name).is_absolute():
        raise ValueError("it is no name of a file")
