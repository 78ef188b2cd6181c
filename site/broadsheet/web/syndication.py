"""What a feed says: its entries with their ids, times, texts and pictures, for each format alike.

Ids are made of the site's identity and a row's number, so that they outlive every change of an address, of a
host, of a scheme (docs/decisions/0029).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from os.path import splitext
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from flask import get_template_attribute
from flask_sqlalchemy.pagination import Pagination
from markupsafe import Markup

from broadsheet import media
from broadsheet.lib.feed_text import absolute, played
from broadsheet.lib.renditions import FALLBACK_WIDTH
from broadsheet.models import Correction, Post, Upload
from broadsheet.web.current_site import site
from broadsheet.web.public_address import absolute_url, canonical_url

# Of a feed in which nothing stands yet: any moment that is always the same.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Author:
    name: str
    url: str = ""


@dataclass(frozen=True)
class Image:
    url: str
    media_type: str
    width: int | None
    height: int | None
    size: int | None  # bytes, where that is known without a look at the file
    alt: str


@dataclass(frozen=True)
class Attachment:
    """A film or a sound of the text, which a reader's program fetches to play it."""

    url: str
    title: str
    upload: Upload

    @property
    def seconds(self) -> int:
        """Rounded; 0 if that is not known."""
        return round(self.upload.seconds or 0)


class Entry:
    """A post as it stands in a feed; `uploads` are those that it plays, by their paths."""

    def __init__(self, post: Post, uploads: Mapping[str, Upload], corrections: Sequence[Correction]) -> None:
        self.post = post
        self._uploads, self._corrections = uploads, corrections
        self.id = urn("post", post.id)
        self.url = canonical_url("posts.show", id=post.id, slug=post.slug)
        self.title = post.headline
        self.summary = post.summary or post.excerpt
        self.language = post.language or site.language

    @property
    def published(self) -> datetime:
        return self.post.published_at or self.post.updated_at

    @property
    def updated(self) -> datetime:
        """When it last became something new to readers. No two entries share a moment, even if they were
        imported with the same date: each has some microseconds of its own, always the same ones."""
        return (self.post.changed_at or self.published) + timedelta(microseconds=self.post.id % 1_000_000)

    @property
    def authors(self) -> list[Author]:
        if self.post.byline:
            return [Author(self.post.byline)]
        return [
            Author(person.name, canonical_url("people.show", username=person.username))
            for person in self.post.authors
        ]

    @property
    def html(self) -> str:
        """The whole text, and with it what its page shows there: the newest correction and the cover above
        it, all corrections below."""
        cover = Markup()
        if self.post.cover is not None and not self.post.cover_stands_in_text and self.image is not None:
            size = ""
            if self.image.width and self.image.height:
                size = Markup(' width="{}" height="{}"').format(self.image.width, self.image.height)
            cover = Markup('<p><img src="{}"{} alt="{}"></p>\n').format(self.image.url, size, self.image.alt)
        newest, every = self._told("newest_correction"), self._told("all_corrections")
        return absolute(f"{newest}{cover}{self.post.html}{every}", self.url)

    @property
    def image(self) -> Image | None:
        """The cover, else the first picture of the text: in a kind that every program can draw."""
        picture = self.post.front_picture
        if not picture or not picture["src"].startswith("/"):
            return None
        shown = picture.get("fallback") or picture["src"]
        width, height, size = picture["width"], picture["height"], None
        if shown != picture["src"] and width and height:
            shown_width = min(width, FALLBACK_WIDTH)
            width, height = shown_width, round(height * shown_width / width)
        elif self.post.cover is not None and shown == self.post.cover.path:
            size = self.post.cover.size
        media_type = media.MEDIA_TYPES.get(splitext(shown)[1], "")
        if not media_type:
            return None
        return Image(absolute_url(shown), media_type, width, height, size, picture["alt"])

    def _told(self, macro: str) -> str:
        if not self._corrections:
            return ""
        return str(get_template_attribute("components/corrections.html", macro)(self._corrections))

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(absolute_url(path), title, self._uploads[path])
            for path, title in played(self.post.html).items()
            if path in self._uploads
        ]


@dataclass(frozen=True)
class Feed:
    """Some posts, page by page, and whose they are."""

    subject: tuple[str, int]  # what it is the feed of: "tag", 7
    title: str
    description: str
    home: str  # the page that shows the same
    endpoint: str
    arguments: dict[str, Any]
    pagination: Pagination

    @property
    def id(self) -> str:
        return urn(*self.subject)

    @cached_property
    def entries(self) -> list[Entry]:
        posts = self.pagination.items
        uploads = Upload.at_paths(path for post in posts for path in played(post.html))
        corrections = Correction.told_with_each(posts)
        return [Entry(post, uploads, corrections[post.id]) for post in posts]

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=LONG_AGO)

    @property
    def url(self) -> str:
        return self.page(self.pagination.page)

    @property
    def pages(self) -> Iterator[tuple[str, str]]:
        """The addresses of the other pages, with what they are to this one (RFC 5005, section 3)."""
        if self.pagination.pages > 1:
            yield "first", self.page(1)
            if self.pagination.has_prev:
                yield "previous", self.page(self.pagination.prev_num or 1)
            if self.pagination.has_next:
                yield "next", self.page(self.pagination.next_num or 1)
            yield "last", self.page(self.pagination.pages)

    def page(self, number: int) -> str:
        return canonical_url(self.endpoint, **self.arguments, page=number if number > 1 else None)


def urn(kind: str, id: int) -> str:
    return uuid5(NAMESPACE_OID, f"{site.identity}/{kind}/{id}").urn
