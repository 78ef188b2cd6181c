"""What readers can be told of a text: as a whole object (content.py) or as a row of some columns (story.py),
the questions are the same."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from broadsheet.lib import clock
from broadsheet.lib.markdown import Picture
from broadsheet.lib.markdown.text import shorten
from broadsheet.models.upload import PREFIX, Upload

# Brysbaert 2019, doi:10.1016/j.jml.2019.104047: 238 for non-fiction, rounded down for code.
WORDS_A_MINUTE = 230
HEADLINE_LENGTH = 80  # characters
LEAST_CARD_WIDTH = 600  # below it Facebook shows a thumbnail beside the link


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class State(StrEnum):
    """What the desk shows; follows from the status, the times and the trash."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    EXPIRED = "expired"
    TRASHED = "trashed"


def latest_change(text: Any) -> datetime | None:
    """When readers last got something else to read, of a text or a row of one: it is often older than its
    publication. None as long as it has no date."""
    if text.published_at is None:
        return None
    return max(text.published_at, text.revised_at or text.published_at)  # type: ignore[no-any-return]


def minutes_to_read(words: int) -> int:
    return max(1, int(words / WORDS_A_MINUTE + 0.5))  # as scripts round: a half goes up


class Readable:
    """A text of any kind."""

    kind: ClassVar[str]

    @property
    def headline(self: Any) -> str:
        """What stands over it for readers: an imported text may have no title, and is known by its first
        words."""
        return self.title or shorten(self.excerpt, HEADLINE_LENGTH) or "…"

    @property
    def state(self: Any) -> State:
        now = clock.now()
        if self.trashed_at is not None:
            return State.TRASHED
        if self.status == Status.DRAFT or self.published_at is None:
            return State.DRAFT if self.review_requested_at is None else State.IN_REVIEW
        if self.published_at > now:
            return State.SCHEDULED
        if self.expires_at is not None and self.expires_at <= now:
            return State.EXPIRED
        return State.PUBLISHED

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def changed_at(self) -> datetime | None:
        return latest_change(self)

    @property
    def is_updated(self: Any) -> bool:
        """Whether readers should be told that the text is newer than its date."""
        if self.published_at is None or self.revised_at is None:
            return False
        return bool(self.revised_at - self.published_at > timedelta(days=1))

    @property
    def front_picture(self: Any) -> Picture | None:
        """What stands beside its headline."""
        picture: Picture | None = self.picture
        return picture

    @property
    def card_picture(self: Any) -> Picture | None:
        """What a link to it shows where it is shared: a picture of ours that others can draw. A small one in
        the text was not meant for that."""
        if self.social_picture is not None:
            social: Upload = self.social_picture
            return social.as_picture(social.alt)
        shown: Picture | None = self.front_picture
        if shown is self.picture and ((shown or {}).get("width") or 0) < LEAST_CARD_WIDTH:
            return None
        return (
            shown if shown and shown["src"].startswith(PREFIX) and not shown["src"].endswith(".svg") else None
        )

    @property
    def reading_minutes(self: Any) -> int:
        return minutes_to_read(self.word_count)


class ReadablePost(Readable):
    kind: ClassVar[str] = "post"

    @property
    def front_picture(self: Any) -> Picture | None:
        """What stands beside its headline: its cover, else the first picture of its text."""
        picture: Picture | None = self.picture
        return self.cover.as_picture(self.cover_alt) if self.cover is not None else picture

    @property
    def cover_stands_in_text(self: Any) -> bool:
        """Whether the text begins its pictures with the cover, which is not to be seen twice."""
        return self.cover is not None and (self.picture or {}).get("src") == self.cover.path

    @property
    def path(self: Any) -> str:
        return f"/post/{self.id}/{self.slug}"
