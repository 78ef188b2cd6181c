"""Preview links: a draft shown to people without an account, for a while."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, delete, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.models.page import Page
    from broadsheet.models.post import Post
    from broadsheet.models.revision import Revision
    from broadsheet.models.user import User

LABEL_LENGTH = 120
LONGEST = timedelta(days=366)
# So long an ended link can say why it shows nothing any more.
REMEMBERED = timedelta(days=90)


class LinkState(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"  # whoever made it may no longer show the text, or it lies in the trash


class PreviewLink(Identified, Created, Model):
    __tablename__ = "preview_links"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    # Pinned to what was said then; without one it follows the newest save.
    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), default="")  # whom it is for
    may_note: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped["Post | None"] = relationship("Post")
    page: Mapped["Page | None"] = relationship("Page")
    revision: Mapped["Revision | None"] = relationship("Revision")
    created_by: Mapped["User | None"] = relationship("User")

    def __str__(self) -> str:
        return self.label

    # -- queries

    @classmethod
    def to(cls, subject: "Post | Page") -> Select[Self]:
        """Newest first."""
        about = getattr(cls, f"{subject.kind}_id") == subject.id
        loaded = joinedload(cls.created_by), joinedload(cls.revision)
        return select(cls).where(about).order_by(cls.id.desc()).options(*loaded)

    # -- verbs

    @classmethod
    def create(
        cls,
        subject: "Post | Page",
        *,
        by: "User",
        expires_at: datetime,
        label: str = "",
        revision: "Revision | None" = None,
        may_note: bool = False,
    ) -> Self:
        link = cls(label=label, revision=revision, may_note=may_note, created_by=by, expires_at=expires_at)
        setattr(link, subject.kind, subject)
        db.session.add(link)
        link._happened("preview_link_created")
        return link

    def revoke(self) -> None:
        if self.revoked_at is None:
            self.revoked_at = clock.now()
            self._happened("preview_link_revoked")

    def reinstate(self) -> None:
        if self.revoked_at is not None:
            self.revoked_at = None
            self._happened("preview_link_reinstated")

    @classmethod
    def forget_ended(cls, now: datetime) -> int:
        """Deletes those that expired or were revoked long ago; how many. The notes left through them stay."""
        before = now - REMEMBERED
        ended = delete(cls).where(or_(cls.expires_at < before, cls.revoked_at < before))
        return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]

    # -- questions

    @property
    def state(self) -> LinkState:
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if self.expires_at <= clock.now():
            return LinkState.EXPIRED
        if self.subject.trashed_at is not None or not self.is_vouched_for:
            return LinkState.ENDED
        return LinkState.OPEN

    @property
    def is_vouched_for(self) -> bool:
        """Whether who made it may still see the text: somebody shown out keeps no way to look in."""
        return self.created_by is not None and self.created_by.can_edit(self.subject)

    @property
    def subject(self) -> "Post | Page":
        subject = self.post or self.page
        assert subject is not None  # noqa: S101  a constraint of the table
        return subject

    def proof(self) -> "Post | Page":
        """What it shows, as readers would see it."""
        return self.subject.proof_of(self.revision) if self.revision else self.subject.proof()

    # -- private

    def _happened(self, verb: str) -> None:
        happened(getattr(signals, f"{self.subject.kind}_{verb}"), self.subject, label=self.label)
