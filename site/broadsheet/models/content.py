"""What posts and pages share: a text that is published, for readers or not yet, and trashed. How it is
written and revised: versioned.py."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import ColumnElement, Connection, Select, and_, case, event, false, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
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
from broadsheet.models.autosaved import Autosaved
from broadsheet.models.base import NOW, UTCDateTime, db, each_word_in, one_of
from broadsheet.models.event import happened
from broadsheet.models.readable import Readable, State, Status
from broadsheet.models.review import Review
from broadsheet.models.role import Ability
from broadsheet.models.setting import Setting
from broadsheet.models.translated import Translated
from broadsheet.models.versioned import ADDRESS_LENGTH, SLUG_LENGTH, TITLE_LENGTH, EditConflict

if TYPE_CHECKING:
    from broadsheet.models.revision import Revision
    from broadsheet.models.user import User

__all__ = ["ADDRESS_LENGTH", "SLUG_LENGTH", "TITLE_LENGTH", "Content", "EditConflict", "State", "Status"]

log = logging.getLogger(__name__)

KEPT_IN_TRASH = timedelta(days=30)
RENDERED_AT_ONCE = 100  # some seconds, in which others wait to write
PURGED_AT_ONCE = 200
READ_THROUGH = 300  # texts, those changed last, that the desk's search looks into: some milliseconds


class Content(Translated, Autosaved, Readable):
    # -- columns

    status: Mapped[Status] = mapped_column(one_of(Status), default=Status.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of a draft: the date it will bear
    once_public: Mapped[bool] = mapped_column(default=False)  # was so before it was taken back
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    review_requested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    written_with: ClassVar[Ability]
    PARTICULARS: ClassVar[tuple[str, ...]] = (*Autosaved.PARTICULARS, "translation_of_id")

    if TYPE_CHECKING:
        reviews: WriteOnlyMapped[Review]
    else:

        @declared_attr
        def reviews(cls) -> WriteOnlyMapped[Review]:
            return relationship(
                Review,
                order_by=Review.id.desc(),
                back_populates=cls.kind,
                cascade="all, delete-orphan",
                passive_deletes=True,
            )

    def __str__(self) -> str:
        return self.title

    # -- queries

    @classmethod
    @cache
    def is_public(cls) -> ColumnElement[bool]:
        """The one visibility rule: published, its time has come, not expired, not in the trash."""
        return and_(
            cls.status == Status.PUBLISHED,
            cls.trashed_at.is_(None),
            cls.published_at <= NOW,
            or_(cls.expires_at.is_(None), cls.expires_at > NOW),
        )

    @classmethod
    @cache
    def is_each_public(cls) -> ColumnElement[bool]:
        """The same, asked of each row by itself: else SQLite walks through all that is public to find the few
        that another condition would lead to at once."""
        return case((cls.is_public(), 1), else_=0) == 1

    @classmethod
    @cache
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
            State.DRAFT: and_(cls.status == Status.DRAFT, cls.review_requested_at.is_(None)),
            # Held changes of what readers see wait there as well, while it stays published.
            State.IN_REVIEW: cls.review_requested_at.is_not(None),
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
        """Whether each of the words stands in the title or the address; in what is being written, also in the
        summary or the text. To read every text would take longer the more there are."""
        newest = select(cls.id).where(cls.trashed_at.is_(None)).order_by(cls.updated_at.desc())
        latest = newest.limit(READ_THROUGH).subquery()
        found = select(cls.id).where(each_word_in(words, cls.title, cls.slug))
        in_text = select(cls.id).where(
            cls.id.in_(select(latest.c.id)), each_word_in(words, cls.title, cls.slug, cls.summary, cls.body)
        )
        return cls.id.in_(found.union(in_text))

    @classmethod
    def with_byline_of(cls, name: str) -> ColumnElement[bool]:
        return false()

    @classmethod
    def for_a_list(cls) -> Sequence[ORMOption]:
        """Loads what a list shows; the text stays behind."""
        return defer(cls.body), defer(cls.html), defer(cls.toc)

    # -- verbs

    def request_review(self, *, by: "User", question: str = "") -> Review:
        """An editor is to look at the newest save. Asked again while one waits, that one follows."""
        review = self.waiting_review() or Review()
        review.version, review.requested_by, review.question = self.version, by, question
        self.reviews.add(review)
        self.review_requested_at = clock.now()
        self._happened("review_requested", review=review)
        return review

    def proof_of(self, revision: "Revision") -> Self:
        """The same of what a revision says."""
        return self.proof(**self._said_in(revision))

    def date(self, at: datetime | None) -> None:
        """The date it bears. A draft keeps it for its publication; without one that is the moment itself."""
        if self.status != Status.PUBLISHED:
            self.published_at = at
        elif at is not None:
            self.schedule(at)

    def publish(self, at: datetime | None = None, *, by: "User | None" = None) -> None:
        """Public from now on, or from `at` on, out of the trash too, with the changes that were held; a date
        in the past that it had stays. That answers a review that waits."""
        now = clock.now()
        if review := self.waiting_review():
            review.pass_()
        if self.has_held_changes:
            self.release(by=by)
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

    def end(self, at: datetime | None) -> None:
        """Readers see it until `at`; None: without an end. Changes that are held back stay so."""
        if at == self.expires_at:
            return
        self.expires_at = at
        if self.has_held_changes and self.working() == self._shown():
            self.shown_version = self.version  # the end was all that was held
        self._happened("end_set", until=at)

    def unpublish(self) -> None:
        if self.status == Status.DRAFT:
            return
        self.once_public = self.was_ever_public
        if self.published_at is not None and self.published_at > clock.now():
            self.published_at = None
        self.status = Status.DRAFT
        self._settle()
        self._happened("unpublished")

    def publish_again(self, version: int, at: datetime, until: datetime | None) -> None:
        """Takes back that it was unpublished: from `at` until `until` it says what it said in that `version`,
        out of the trash too. What was saved beyond that is held, and if nothing was, that answers a review
        that waits."""
        if self.status == Status.PUBLISHED:
            return
        self.recover()
        self._unsettle(version)
        if not self.has_held_changes and (review := self.waiting_review()):
            review.pass_()
        self.status, self.published_at, self.expires_at = Status.PUBLISHED, at, until
        if at > clock.now():
            self._happened("scheduled", at=at)
        else:
            self._happened("published")

    def give_up_held_changes(self, *, by: "User | None" = None) -> None:
        super().give_up_held_changes(by=by)
        if not self.has_unseen and (review := self.waiting_review()):
            review.withdraw(by=by)

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
        self._bequeath_translations()
        self._happened("deleted")
        db.session.delete(self)

    @classmethod
    def purge_trash(cls, now: datetime) -> int:
        """Deletes for good what has lain in the trash longer than KEPT_IN_TRASH; how many. Never so many at
        once that somebody has to wait for it: the next round takes the rest. Commit after it."""
        overdue = cls.overdue(now).order_by(cls.trashed_at).limit(PURGED_AT_ONCE)
        return cls.delete_all(db.session.scalars(overdue.with_for_update(skip_locked=True)))

    @classmethod
    def render_anew(cls, now: datetime) -> int:
        """Renders texts of an earlier version of the pipeline, a part of them at once; how many. They say the
        same as before, so nothing tells of it. Commit after it."""
        old = select(cls).where(cls.rendered_with < markdown.VERSION).order_by(cls.id.desc())
        texts = db.session.scalars(old.limit(RENDERED_AT_ONCE).with_for_update(skip_locked=True)).all()
        for text in texts:
            text.render_if_possible()
        return len(texts)

    def render_if_possible(self) -> None:
        """For many texts in a row: one that cannot be rendered keeps what it had until it is saved, and keeps
        the others from nothing."""
        try:
            self.render()
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("The %s %s (%s) cannot be rendered anew", self.kind, self.id, self.title)
            self.rendered_with = markdown.VERSION

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
    def holds_changes(self) -> bool:
        """Also in the trash and when expired: a press takes it back, and readers see what the row says."""
        return self.status == Status.PUBLISHED

    @property
    def has_unseen(self) -> bool:
        """Whether it says anything that readers do not see, and that could be reviewed."""
        return self.has_held_changes or not self.is_published

    @property
    def was_ever_public(self) -> bool:
        if self.status != Status.PUBLISHED or self.published_at is None:
            return bool(self.once_public)
        return bool(self.once_public) or self.published_at <= clock.now()

    def waiting_review(self) -> Review | None:
        if self.review_requested_at is None:
            return None
        return db.session.scalar(self.reviews.select().where(Review.outcome.is_(None)))

    def writers(self) -> "list[User]":
        """Those to whom a note is addressed: of a page, who saved it last."""
        latest = self.latest_revision()
        return [latest.author] if latest is not None and latest.author is not None else []

    def latest_review(self) -> Review | None:
        people = joinedload(Review.requested_by), joinedload(Review.decided_by)
        return db.session.scalar(self.reviews.select().options(*people).limit(1))

    @property
    def path(self) -> str:
        raise NotImplementedError

    def is_editable_by(self, user: "User") -> bool:
        raise NotImplementedError

    # -- private

    def _slug_of(self, title: str) -> str:
        return slugify(title, SLUG_LENGTH) or self.kind

    def _happened(self, verb: str, **details: Any) -> None:
        happened(getattr(signals, f"{self.kind}_{verb}"), self, **details)


@event.listens_for(Setting, "after_insert")
@event.listens_for(Setting, "after_update")
def render_in_another_language(_mapper: object, connection: Connection, setting: Setting) -> None:
    """What the pipeline itself writes ("Note", "Footnotes") is in the site's language where a text has none.

    When it changes, those texts are rendered anew, by and by.
    """
    if setting.name == "language":
        for kind in Content.__subclasses__():
            connection.execute(update(kind).where(kind.language == "").values(rendered_with=0))
