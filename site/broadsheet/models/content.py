"""What posts and pages share: a text that is written, revised, published and trashed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import JSON, ColumnElement, ForeignKey, Select, String, Text, and_, false, or_, select
from sqlalchemy.orm import (
    Mapped,
    WriteOnlyMapped,
    declared_attr,
    defer,
    joinedload,
    mapped_column,
    relationship,
)
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet import signals
from broadsheet.lib import clock, markdown
from broadsheet.lib.slugs import slugify
from broadsheet.models import rendering
from broadsheet.models.base import Created, Identified, UTCDateTime, db, each_word_in, one_of
from broadsheet.models.event import happened
from broadsheet.models.rendering import Resolve
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.role import Ability
from broadsheet.models.upload import PREFIX, Upload

if TYPE_CHECKING:
    from broadsheet.models.user import User

# Brysbaert 2019, doi:10.1016/j.jml.2019.104047: 238 for non-fiction, rounded down for code.
WORDS_A_MINUTE = 230
TITLE_LENGTH = 300
SLUG_LENGTH = 100
ADDRESS_LENGTH = 500
KEPT_IN_TRASH = timedelta(days=30)
PURGED_AT_ONCE = 200


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class State(StrEnum):
    """What the desk shows; follows from the status, the times and the trash."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    EXPIRED = "expired"
    TRASHED = "trashed"


class EditConflict(Exception):
    """Somebody saved a newer version meanwhile; nothing was changed."""


class Content(Identified, Created):
    # -- columns

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(20), default="")

    status: Mapped[Status] = mapped_column(one_of(Status), default=Status.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of a draft: the date it will bear
    once_public: Mapped[bool] = mapped_column(default=False)  # was so before it was taken back
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    review_requested_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=0)  # of the newest save
    shown_version: Mapped[int] = mapped_column(default=0)  # what this row says; older while changes are held

    canonical_url: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="")
    search_title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    search_description: Mapped[str] = mapped_column(String(500), default="")

    # Rendered at save, by the pipeline of that version.
    html: Mapped[str] = mapped_column(Text, default="")
    toc: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    excerpt: Mapped[str] = mapped_column(String(400), default="")
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    word_count: Mapped[int] = mapped_column(default=0)
    rendered_with: Mapped[int] = mapped_column(default=0)

    kind: ClassVar[str]
    written_with: ClassVar[Ability]

    if TYPE_CHECKING:
        social_picture_id: Mapped[int | None]
        social_picture: Mapped[Upload | None]
        revisions: WriteOnlyMapped[Revision]
    else:

        @declared_attr
        def social_picture_id(cls) -> Mapped[int | None]:
            return mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)

        @declared_attr
        def social_picture(cls) -> Mapped[Upload | None]:
            return relationship(Upload, foreign_keys=[cls.social_picture_id])

        @declared_attr
        def revisions(cls) -> WriteOnlyMapped[Revision]:
            return relationship(
                Revision, order_by=Revision.id.desc(), cascade="all, delete-orphan", passive_deletes=True
            )

    def __str__(self) -> str:
        return self.title

    # -- queries

    @classmethod
    def is_public(cls) -> ColumnElement[bool]:
        """The one visibility rule: published, its time has come, not expired, not in the trash."""
        now = clock.now()
        return and_(
            cls.status == Status.PUBLISHED,
            cls.trashed_at.is_(None),
            cls.published_at <= now,
            or_(cls.expires_at.is_(None), cls.expires_at > now),
        )

    @classmethod
    def published(cls) -> Select[Self]:
        return select(cls).where(cls.is_public())

    @classmethod
    def in_state(cls, state: State) -> ColumnElement[bool]:
        now = clock.now()
        if state == State.TRASHED:
            return cls.trashed_at.is_not(None)
        if state == State.PUBLISHED:
            return cls.is_public()
        published = cls.status == Status.PUBLISHED
        condition = {
            State.DRAFT: cls.status == Status.DRAFT,
            State.SCHEDULED: and_(published, cls.published_at > now),
            State.EXPIRED: and_(published, cls.published_at <= now, cls.expires_at <= now),
        }[state]
        return and_(cls.trashed_at.is_(None), condition)

    @classmethod
    def overdue(cls, now: datetime) -> Select[Self]:
        """What has lain in the trash for too long."""
        return select(cls).where(cls.trashed_at <= now - KEPT_IN_TRASH)

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the title, the summary or the text."""
        return each_word_in(words, cls.title, cls.summary, cls.body)

    @classmethod
    def with_byline_of(cls, name: str) -> ColumnElement[bool]:
        return false()

    @classmethod
    def for_a_list(cls) -> Sequence[ORMOption]:
        """Loads what a list shows; the text stays behind."""
        return defer(cls.body), defer(cls.html), defer(cls.toc)

    # -- verbs

    def revise(
        self,
        *,
        by: "User | None",
        reason: Reason = Reason.SAVED,
        based_on: int | None = None,
        resolve: Resolve | None = None,
        rendered: markdown.Document | None = None,
        **changes: Any,
    ) -> bool:
        """Takes over `changes` (title, summary, body, slug, language, and what a kind adds), renders, keeps a
        revision. Whether there was anything to change.

        `based_on` is the version that the writer had before her eyes; a newer one that says something else
        raises EditConflict. `rendered` is what the pipeline already made of the body, elsewhere.
        """
        if based_on is not None and based_on != self.version and self._differs_from(changes):
            raise EditConflict
        is_new = not self.version
        before = None if is_new else self._snapshot()
        self._take_over(changes)
        if before is not None and before == self._snapshot() and self.rendered_with == markdown.VERSION:
            return False
        if rendered is not None:
            self.take_rendered(rendered)
        else:
            self.render(resolve)
        self.version = self.shown_version = (self.version or 0) + 1
        self.updated_at = clock.now()
        db.session.add(self)
        self._keep_revision(by, Reason.CREATED if is_new and reason == Reason.SAVED else reason)
        if reason != Reason.IMPORTED:  # an import tells of itself, once; not of each of a thousand texts
            self._happened("created" if is_new else "revised")
        return True

    def render(self, resolve: Resolve | None = None) -> None:
        self.take_rendered(rendering.rendered(self.body, language=self.language, resolve=resolve))

    def take_rendered(self, document: markdown.Document) -> None:
        """Keeps what the pipeline made of the body; an importer renders elsewhere and hands it in."""
        self.html, self.toc, self.excerpt = document.html, list(document.toc), document.excerpt[:400]
        self.picture, self.word_count = document.picture, document.word_count
        self.rendered_with = markdown.VERSION

    def restore(self, revision: Revision, *, by: "User | None", based_on: int | None = None) -> bool:
        """Says again what it said then. The address and the byline stay as they are now."""
        return self.revise(by=by, reason=Reason.RESTORED, based_on=based_on, **self._said_in(revision))

    def proof(self, **changes: Any) -> Self:
        """A copy with the changes, rendered but never stored: what readers would see."""
        now = clock.now()
        proof = type(self)()
        proof.id, proof.updated_at = self.id or 0, now
        proof.published_at = self.published_at or now
        proof._take_over(self._text() | changes)
        proof.render()
        return proof

    def date(self, at: datetime | None) -> None:
        """The date it bears. A draft keeps it for its publication; without one that is the moment itself."""
        if self.status != Status.PUBLISHED:
            self.published_at = at
        elif at is not None:
            self.schedule(at)

    def publish(self, at: datetime | None = None) -> None:
        """Public from now on, or from `at` on, out of the trash too; a date in the past that it had stays."""
        now = clock.now()
        if at is not None and at > now:
            self.schedule(at)
            return
        if self.is_published:
            return
        self.recover()
        if at is not None:
            self.published_at = at
        elif self.published_at is None or self.published_at > now:
            self.published_at = now
        if self.expires_at is not None and self.expires_at <= now:
            self.expires_at = None
        self.status = Status.PUBLISHED
        self._happened("published")

    def schedule(self, at: datetime) -> None:
        """Public from `at` on; a past moment publishes with that date."""
        if self.status == Status.PUBLISHED and self.published_at == at:
            return
        self.once_public, was_public = self.was_ever_public, self.is_published
        self.recover()
        self.status, self.published_at = Status.PUBLISHED, at
        if at > clock.now():
            self._happened("scheduled", at=at)
        elif was_public:
            self._happened("revised")  # it only bears another date; nobody is to be told of a new post
        else:
            self._happened("published")

    def unpublish(self) -> None:
        if self.status == Status.DRAFT:
            return
        self.once_public = self.was_ever_public
        if self.published_at is not None and self.published_at > clock.now():
            self.published_at = None
        self.status = Status.DRAFT
        self._happened("unpublished")

    def trash(self) -> None:
        if self.trashed_at is None:
            self.trashed_at = clock.now()
            self._happened("trashed")

    def recover(self) -> None:
        if self.trashed_at is not None:
            self.trashed_at = None
            self._happened("recovered")

    def delete(self) -> None:
        """For good, with its revisions."""
        self._happened("deleted")
        db.session.delete(self)

    @classmethod
    def purge_trash(cls, now: datetime) -> int:
        """Deletes for good what has lain in the trash longer than KEPT_IN_TRASH; how many. Never so many at
        once that somebody has to wait for it: the next round takes the rest. Commit after it."""
        overdue = cls.overdue(now).order_by(cls.trashed_at).limit(PURGED_AT_ONCE)
        return cls.delete_all(db.session.scalars(overdue.with_for_update(skip_locked=True)))

    @classmethod
    def delete_all(cls, contents: Iterable[Self]) -> int:
        """For good, each with its line in the audit log; how many."""
        gone = list(contents)
        for content in gone:
            content.delete()
        return len(gone)

    # -- questions

    @property
    def purged_at(self) -> datetime | None:
        """When it is deleted for good, if nobody takes it out of the trash."""
        return None if self.trashed_at is None else self.trashed_at + KEPT_IN_TRASH

    @property
    def state(self) -> State:
        now = clock.now()
        if self.trashed_at is not None:
            return State.TRASHED
        if self.status == Status.DRAFT or self.published_at is None:
            return State.DRAFT
        if self.published_at > now:
            return State.SCHEDULED
        if self.expires_at is not None and self.expires_at <= now:
            return State.EXPIRED
        return State.PUBLISHED

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def was_ever_public(self) -> bool:
        if self.status != Status.PUBLISHED or self.published_at is None:
            return bool(self.once_public)
        return bool(self.once_public) or self.published_at <= clock.now()

    def latest_revision(self) -> Revision | None:
        return db.session.scalar(self.revisions.select().options(joinedload(Revision.author)).limit(1))

    @property
    def is_updated(self) -> bool:
        """Whether readers should be told that the text is newer than its date."""
        return self.published_at is not None and self.updated_at - self.published_at > timedelta(days=1)

    @property
    def front_picture(self) -> markdown.Picture | None:
        """What stands beside its headline."""
        return self.picture

    @property
    def card_picture(self) -> markdown.Picture | None:
        """What a link to it shows where it is shared: a picture of ours that others can draw."""
        if self.social_picture is not None:
            return self.social_picture.as_picture("")
        shown = self.front_picture
        return (
            shown if shown and shown["src"].startswith(PREFIX) and not shown["src"].endswith(".svg") else None
        )

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.word_count / WORDS_A_MINUTE))

    @property
    def path(self) -> str:
        raise NotImplementedError

    def is_editable_by(self, user: "User") -> bool:
        raise NotImplementedError

    # -- private

    def _take_over(self, changes: dict[str, Any]) -> None:
        former = self.slug
        # Until readers know the address, one that was made from the title follows the title.
        follows = not self.was_ever_public and former == self._slug_of(self.title or "")
        for name, value in changes.items():
            setattr(self, name, value)
        for name in ("title", "summary", "body", "language", "slug"):
            if getattr(self, name) is None:
                setattr(self, name, "")
        if not self.slug or (follows and self.slug == former):
            self.slug = self._slug_of(self.title)

    def _slug_of(self, title: str) -> str:
        return slugify(title, SLUG_LENGTH) or self.kind

    def _differs_from(self, changes: dict[str, Any]) -> bool:
        return any(getattr(self, name) != value for name, value in changes.items())

    def _text(self) -> dict[str, Any]:
        """What `revise` takes, as it is now."""
        return {name: getattr(self, name) for name in ("title", "slug", "summary", "body", "language")}

    def _said_in(self, revision: Revision) -> dict[str, Any]:
        """What `revise` takes, as it was then."""
        return {name: getattr(revision, name) for name in ("title", "summary", "body", "language")}

    def _snapshot(self) -> dict[str, Any]:
        """What a revision keeps."""
        return self._text()

    def _keep_revision(self, by: "User | None", reason: Reason) -> None:
        self.revisions.add(Revision(author=by, reason=reason, version=self.version, **self._snapshot()))

    def _happened(self, verb: str, **details: Any) -> None:
        happened(getattr(signals, f"{self.kind}_{verb}"), self, **details)
