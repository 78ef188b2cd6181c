"""Representations that stand in others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import defaultload, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.lib.markdown import without_comments
from broadsheet.models import Post, PostAuthor, PostTag, Series, Tag, User
from broadsheet.models.content import State
from broadsheet.web.kinds import Kind
from broadsheet.web.public_address import absolute_url


def address(one: Any) -> str:
    return absolute_url(one.path)


BYLINE = Representation(
    "Byline",
    "Somebody who is named over a text.",
    (
        attribute("id", int),
        attribute("username", str),
        attribute("name", str),
        attribute(
            "url", str, "The page of this person.", get=lambda one: absolute_url(f"/user/{one.username}")
        ),
    ),
)
PICTURE = Representation(
    "Picture",
    "A file of the library, as it is used in a text.",
    (
        attribute("id", int, "Of the upload."),
        attribute("path", str, "As forms take it."),
        attribute("url", str, get=address),
        attribute("width", int, "In pixels.", or_null=True),
        attribute("height", int, "In pixels.", or_null=True),
        attribute("alt", str, "What it shows."),
    ),
)
LINK = Representation(
    "Link",
    "A link to elsewhere.",
    (
        attribute("label", str, get=lambda one: one["label"]),
        attribute("url", str, "A whole address, or a path of this site.", get=lambda one: one["url"]),
    ),
)

SHARED = (
    attribute("id", int, "Its number, which never changes."),
    attribute("url", str, "Where readers find it, or will.", get=address),
    attribute("title", str),
    attribute("summary", str, "One or two sentences; may be empty."),
    attribute("excerpt", str, "How the text begins, as readers see it."),
    attribute("slug", str, "The last part of the address."),
    attribute("language", str, "BCP 47; empty: as the site."),
    attribute("state", State, "Follows from the publication, the times and the trash."),
    attribute("published_at", datetime, "Of a draft: the date that it will bear.", or_null=True),
    attribute("expires_at", datetime, "From then on readers no longer see it.", or_null=True),
    attribute(
        "updated_at", datetime, "When it was saved last; for readers, when it last said something new."
    ),
    attribute("word_count", int),
    attribute("version", int, "Rises with each save. Sent along with a change, it says what that builds on."),
    attribute(
        "has_held_changes",
        bool,
        "Whether there is a newer save that readers do not see yet: it is shown here.",
    ),
)
TEXT = (
    attribute("body", str, "Markdown.", large=True),
    attribute("html", str, "The text as readers see it.", large=True),
)
FOUND = (
    attribute("search_title", str, large=True),
    attribute("search_description", str, large=True),
    attribute("social_picture", PICTURE, or_null=True, large=True),
    attribute("canonical_url", str, large=True),
    attribute("translation_of_id", int, "What it says the same as in another language.", or_null=True),
)


def reference_to_series(one: Any) -> str:
    return one.series.slug if one.series is not None else ""


POST = Representation(
    "Post",
    "A dated piece.",
    (
        *SHARED,
        attribute("authors", [BYLINE], get=lambda one: list(one.authors)),
        attribute("byline", str, "In place of the authors' names."),
        attribute("tags", [str], "By name.", get=lambda one: [tag.name for tag in one.tags]),
        attribute("series", str, "By slug; empty: none.", get=reference_to_series),
        attribute("series_position", int, or_null=True),
        attribute("cover", PICTURE, or_null=True),
        attribute("cover_alt", str),
        attribute("cover_focus_x", int, "Per cent from the left.", large=True),
        attribute("cover_focus_y", int, "Per cent from the top.", large=True),
        attribute("pinned", bool, "Whether it stands ahead of all on the home page."),
        attribute("unlisted", bool, "Public, but neither on the home page nor in feeds."),
        attribute("allow_comments", bool),
        *TEXT,
        *FOUND,
    ),
)
PAGE = Representation("Page", "A page of its own, such as /about.", (*SHARED, *TEXT, *FOUND))


class NewestSave:
    """A text as whoever edits it sees it: what was saved last, with the changes that readers do not see."""

    def __init__(self, content: Any) -> None:
        self._content, self._said = content, content.working()

    def __getattr__(self, name: str) -> Any:
        said = self._said
        if f"{name}_id" in said:  # what it points to
            return self._content._referred(self._content._references()[f"{name}_id"], said[f"{name}_id"])
        return said[name] if name in said else getattr(self._content, name)


class AsReadersSee:
    """The same for everybody else: nothing tells of what is saved and not published, nor of remarks."""

    has_held_changes = False

    def __init__(self, content: Any) -> None:
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    @property
    def body(self) -> str:
        return without_comments(self._content.body)

    @property
    def version(self) -> int:
        return int(self._content.shown_version)

    @property
    def updated_at(self) -> Any:
        return self._content.changed_at

    @property
    def translation_of_id(self) -> int | None:
        first = self._content.translation_of
        return first.id if first is not None and first.is_published else None


OF_STATE = ("status", "trashed_at", "published_at", "expires_at", "review_requested_at")


def for_a_list(kind: Kind) -> Sequence[ORMOption]:
    """Loads what a list tells, in three queries; of authors and tags no more than their names."""
    first = joinedload(kind.translation_of)
    options = (*kind.for_a_list(), first.load_only(*(getattr(kind, name) for name in OF_STATE)))
    if kind is not Post:
        return options
    return (
        *options,
        joinedload(Post.series).load_only(Series.slug),
        defaultload(Post.authorships).defaultload(PostAuthor.user).load_only(User.username, User.name),
        defaultload(Post.taggings).defaultload(PostTag.tag).load_only(Tag.name),
    )


def shape_of(kind: Any) -> Representation:
    return POST if issubclass(kind, Post) else PAGE
