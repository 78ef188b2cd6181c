"""What one Markdown file says about its post, in the habits of Zola, Hugo and Jekyll."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from broadsheet.lib.links import is_web_address
from broadsheet.lib.slugs import slugify
from broadsheet.models.alias import normalised
from broadsheet.models.content import ADDRESS_LENGTH, SLUG_LENGTH, TITLE_LENGTH
from broadsheet.models.series import LAST_PLACE
from broadsheet.models.tag import NAME_LENGTH as TAG_LENGTH
from broadsheet.transfer import bylines, dates
from broadsheet.transfer.front_matter import Text

_DATED_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_](.+)")
_DATED_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)")
_HEADING = re.compile(
    r"\A\s*(?:#[ \t]+(?P<hashes>[^\n]+?)[ \t]*#*[ \t]*|(?P<underlined>[^\n#>`\-*+ ][^\n]*)\n=+[ \t]*)"
    r"(?:\n|\Z)"
)
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[`*]|(?<!\w)_|_(?!\w)|\s*\{#[^}]*\}\s*$")
# What front matter can spell with a backslash, and no database takes: NUL and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_A_POST = {"readme", "license", "contributing", "changelog", "code_of_conduct"}


@dataclass(slots=True)
class Entry:
    """A post as its file describes it, without the text."""

    key: str  # the file's path below the imported folder, with slashes
    title: str
    slug: str
    summary: str = ""
    language: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    is_draft: bool = False
    authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    series: str = ""
    series_position: int | None = None
    canonical_url: str = ""  # where it was published first, if that is elsewhere
    corrections: list[tuple[datetime, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # where the post stood before, the chief one first
    remarks: list[str] = field(default_factory=list)  # what of it could not be understood


class NoPost(Exception):
    """The file is none, and the message says what it is instead."""


def read(key: str, text: Text, zone: tzinfo) -> Entry:
    """The entry of the file at `key`; what a date leaves open is meant in `zone`. Raises NoPost."""
    path, values = PurePosixPath(key), _lowered(text.values)
    if path.stem == "_index":
        raise NoPost(_("It describes a section, not a post."))
    if not text.values and path.stem.lower() in _NOT_A_POST:
        raise NoPost(_("It is about the project, not a post."))
    heading = first_heading(text.body)
    title = _line(_first(values, "title")) or heading
    if not title and not text.body.strip():
        raise NoPost(_("It is empty: it has neither a title nor a text."))
    name = path.parent.name if path.stem == "index" and path.parent.name else path.stem
    dated = _DATED_NAME.fullmatch(name)
    stem = dated[4] if dated else name

    entry = Entry(key, title=title or _spoken(stem), slug="")
    if len(entry.title) > TITLE_LENGTH:
        entry.title = entry.title[: TITLE_LENGTH - 1] + "…"
        entry.remarks.append(
            _("The title is longer than %(most)d characters and was cut.", most=TITLE_LENGTH)
        )
    chief = _explicit_address(values)
    own_slug = _line(_first(values, "slug"))
    last = PurePosixPath(chief).name.removesuffix(".html") if chief else ""
    entry.slug = slugify(own_slug or last or stem, SLUG_LENGTH) or slugify(entry.title, SLUG_LENGTH)
    entry.summary = _words(_first(values, "description", "summary", "excerpt"))
    entry.language = _line(_first(values, "language", "lang"))[:20]
    entry.is_draft = _is_draft(values, path)
    _put_dates(entry, values, chief, dated, zone)
    entry.authors = list(dict.fromkeys(_authors(values)))
    categories = [] if chief else _jekyll_folders(path)
    tags = [*_tags(values, "_posts" in path.parts), *categories]
    entry.tags = list(dict.fromkeys(tag[:TAG_LENGTH].strip() for tag in tags))
    entry.series = next(iter(_list(_first(values, "series"))), "")
    entry.series_position = _place(_first(values, "series_order", "series_weight"))
    entry.canonical_url = _elsewhere(_line(_first(values, "canonicalurl", "canonical_url", "canonical")))
    addresses = [chief] if chief else _usual_addresses(path, own_slug or stem, name, dated, categories)
    addresses += _list(values.get("aliases")) + _list(values.get("redirect_from"))
    entry.addresses = list(dict.fromkeys(filter(None, map(_address, addresses))))
    return entry


def first_heading(body: str) -> str:
    """The plain words of the heading with which the text begins, or nothing."""
    found = _HEADING.match(body)
    return _plain(found["hashes"] or found["underlined"]) if found else ""


def without_title(body: str, title: str) -> str:
    """The page shows the title; a text that begins by repeating it would show it twice."""
    found = _HEADING.match(body)
    return body[found.end() :] if found and first_heading(body).casefold() == title.casefold() else body


# -- bylines and tags


def _authors(values: dict[str, Any]) -> Iterator[str]:
    found = _first(values, "authors", "author")
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            one = one.get("name")
        yield from bylines.split(_line(one))


def _tags(values: dict[str, Any], is_jekyll: bool) -> Iterator[str]:
    extra = _corner(values, "extra")
    for name in ("tags", "tag", "categories", "category"):
        for corner in (values, _corner(values, "taxonomies")):
            yield from _list(corner.get(name), by_space=is_jekyll and name in ("tags", "categories"))
    if team := re.sub(r"\s*<[^>]*>|^the\s+", "", _line(extra.get("team")), flags=re.IGNORECASE):
        yield team[0].upper() + team[1:]
    if extra.get("release") is True:
        yield "Release"


# -- dates


def _put_dates(
    entry: Entry, values: dict[str, Any], chief: str, dated: re.Match[str] | None, zone: tzinfo
) -> None:
    def given(*names: str) -> datetime | None:
        found = _first(values, *names)
        try:
            return dates.moment(found, zone)
        except ValueError:
            entry.remarks.append(_("“%(value)s” is no date.", value=_line(found)[:80]))
            return None

    entry.date = given("date", "publishdate", "pubdate") or dates.on_day(dated, zone)
    if entry.date is None:
        entry.date = dates.on_day(_DATED_PATH.search(chief) or _DATED_PATH.search(entry.key), zone)
    entry.updated = given("lastmod", "updated", "last_modified_at", "modified")
    entry.expires = given("expirydate", "expires", "unpublishdate")
    entry.corrections = list(_corrections(entry, values, zone))
    if entry.date is None and not entry.is_draft:
        entry.is_draft = True
        entry.remarks.append(_("It has no date, so it came as a draft."))


def _corrections(entry: Entry, values: dict[str, Any], zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """As our own Markdown tells them: a list, each with its `date` and its `text`."""
    found = _first(values, "corrections")
    for one in found if isinstance(found, list) else []:
        said = one if isinstance(one, dict) else {}
        text = _words(said.get("text"))
        try:
            at = dates.moment(said.get("date"), zone)
        except ValueError:
            at = None
        if at is not None and text:
            yield at, text
        else:
            entry.remarks.append(_("A correction was left out: it needs a date and a text."))


def _is_draft(values: dict[str, Any], path: PurePosixPath) -> bool:
    said = {name: str(values.get(name, "")).lower() for name in ("draft", "published")}
    return said["draft"] == "true" or said["published"] == "false" or "_drafts" in path.parts


# -- addresses


def _explicit_address(values: dict[str, Any]) -> str:
    for name in ("path", "permalink", "url"):
        address = _line(values.get(name))
        if address and ":" not in urlsplit(address).path:  # Jekyll's `/:year/:title/` is a pattern
            return _address(address)
    return ""


def _usual_addresses(
    path: PurePosixPath, slug: str, name: str, dated: re.Match[str] | None, categories: list[str]
) -> list[str]:
    """Where the generators put such a file when nobody told them otherwise."""
    folder = path.parent.parent if path.stem == "index" else path.parent
    parts = [part for part in folder.parts if part not in ("_posts", "_drafts")]
    if parts[:1] == ["content"]:
        del parts[0]
    names = dict.fromkeys((slug, name))
    if dated and "_posts" in path.parts:
        day = f"{dated[1]}/{int(dated[2]):02}/{int(dated[3]):02}/{slug}"
        return ["/".join([*categories, day]), day] if categories else [day]
    return ["/".join([*parts, one]) for one in names]


def _jekyll_folders(path: PurePosixPath) -> list[str]:
    """`news/_posts/…`: the folders above are the post's categories."""
    return list(path.parts[: path.parts.index("_posts")]) if "_posts" in path.parts else []


def _address(written: str) -> str:
    address = normalised(urlsplit(written).path) if written else ""
    return "" if address == "/" else address


def _elsewhere(written: str) -> str:
    """A whole address of the web; anything else is no use to a search engine."""
    return written if len(written) <= ADDRESS_LENGTH and is_web_address(written) else ""


def _place(written: Any) -> int | None:
    return written if type(written) is int and 0 < written <= LAST_PLACE else None


# -- values as they may be written


def _lowered(values: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in values.items()}


def _first(values: dict[str, Any], *names: str) -> Any:
    """The first of these that is given, on top or in a corner that a generator leaves to the writer."""
    for corner in (values, *(_corner(values, name) for name in ("extra", "params", "taxonomies"))):
        for name in names:
            if corner.get(name) not in (None, "", []):
                return corner[name]
    return None


def _corner(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _list(value: Any, *, by_space: bool = False) -> list[str]:
    if isinstance(value, str):
        value = (
            re.split(r"\s*,\s*" if "," in value else r"\s+", value) if "," in value or by_space else [value]
        )
    if not isinstance(value, Iterable) or isinstance(value, dict):
        value = [] if value is None else [value]
    return [line for line in map(_line, value) if line]


def _line(value: Any) -> str:
    return " ".join(_words(value).split())


def _words(value: Any) -> str:
    text = "" if value is None or isinstance(value, dict | list | bool) else str(value)
    return _UNSTORABLE.sub("", text).strip()


def _plain(markdown: str) -> str:
    return " ".join(_MARKUP.sub(r"\1", markdown).split())


def _spoken(stem: str) -> str:
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:]
