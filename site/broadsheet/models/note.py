"""Notes: what people say about a draft, in the desk or through a preview link; each is resolved one day."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, case, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.models.page import Page
    from broadsheet.models.post import Post
    from broadsheet.models.preview_link import PreviewLink
    from broadsheet.models.user import User

QUOTE_LENGTH = 500
BODY_LENGTH = 4000
OPEN_OF_A_LINK = 100  # more of guests wait until some are resolved: an address that got around fills no desk


class Note(Identified, Created, Model):
    __tablename__ = "notes"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # that was read
    quote: Mapped[str] = mapped_column(
        String(QUOTE_LENGTH), default=""
    )  # the words of the text that are meant
    body: Mapped[str] = mapped_column(Text)
    # Who wrote it: somebody with an account, or a guest by name through a preview link.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    author_name: Mapped[str] = mapped_column(String(120), default="")
    preview_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("preview_links.id", ondelete="SET NULL"), index=True
    )
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    post: Mapped["Post | None"] = relationship("Post")
    page: Mapped["Page | None"] = relationship("Page")
    author: Mapped["User | None"] = relationship("User", foreign_keys=[author_id])
    resolved_by: Mapped["User | None"] = relationship("User", foreign_keys=[resolved_by_id])
    preview_link: Mapped["PreviewLink | None"] = relationship("PreviewLink")

    def __str__(self) -> str:
        return self.body

    # -- queries

    @classmethod
    def on(cls, subject: "Post | Page") -> Select[Self]:
        """The open ones first, each kind in the order in which they were written."""
        is_resolved = case((cls.resolved_at.is_(None), 0), else_=1)
        people = joinedload(cls.author), joinedload(cls.resolved_by)
        about = getattr(cls, f"{subject.kind}_id") == subject.id
        return select(cls).where(about).order_by(is_resolved, cls.created_at, cls.id).options(*people)

    @classmethod
    def left_through(cls, link: "PreviewLink") -> Select[Self]:
        return select(cls).where(cls.preview_link_id == link.id).order_by(cls.created_at, cls.id)

    @classmethod
    def is_full(cls, link: "PreviewLink") -> bool:
        """Whether as many notes wait to be resolved as one link may bring."""
        waiting = select(func.count()).where(cls.preview_link_id == link.id, cls.resolved_at.is_(None))
        return (db.session.scalar(waiting) or 0) >= OPEN_OF_A_LINK

    @classmethod
    def count_open(cls, subjects: "Iterable[Post | Page]") -> dict[int, int]:
        """How many open ones each of these posts, or of these pages, has; who has none is not in it."""
        subjects = list(subjects)
        if not subjects:
            return {}
        about: Any = getattr(cls, f"{subjects[0].kind}_id")
        ids = [subject.id for subject in subjects]
        query = select(about, func.count()).where(about.in_(ids), cls.resolved_at.is_(None)).group_by(about)
        return dict(db.session.execute(query).all())

    # -- verbs

    @classmethod
    def leave(
        cls,
        subject: "Post | Page",
        *,
        body: str,
        quote: str = "",
        by: "User | None" = None,
        name: str = "",
        through: "PreviewLink | None" = None,
    ) -> Self:
        """By somebody with an account, or by a guest of this `name` through a preview link."""
        revision = through.revision if through is not None else None
        note = cls(
            version=revision.version if revision else subject.version,
            body=body,
            quote=quote[:QUOTE_LENGTH],
            author=by,
            author_name=by.name if by is not None else name,
            preview_link=through,
        )
        setattr(note, subject.kind, subject)
        db.session.add(note)
        note._happened("note_left", note=note)
        return note

    def resolve(self, *, by: "User") -> None:
        if self.resolved_at is None:
            self.resolved_at, self.resolved_by = clock.now(), by
            self._happened("note_resolved", note=self)

    def reopen(self) -> None:
        if self.resolved_at is not None:
            self.resolved_at = self.resolved_by = None
            self._happened("note_reopened", note=self)

    def delete(self) -> None:
        self._happened("note_deleted")
        db.session.delete(self)

    # -- questions

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def is_of_a_guest(self) -> bool:
        return self.author_id is None

    @property
    def who(self) -> str:
        return self.author.name if self.author else self.author_name

    @property
    def subject(self) -> "Post | Page":
        subject = self.post or self.page
        assert subject is not None  # noqa: S101  a constraint of the table
        return subject

    def is_removable_by(self, user: Any) -> bool:
        """One's own; those of guests, who cannot take them back, by whoever may edit the text."""
        return self.author_id == user.id or (self.is_of_a_guest and user.can_edit(self.subject))

    # -- private

    def _happened(self, verb: str, **details: Any) -> None:
        happened(getattr(signals, f"{self.subject.kind}_{verb}"), self.subject, **details)
