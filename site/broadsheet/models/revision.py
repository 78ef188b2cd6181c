"""Every save of a post or page: what it said, who saved it, when and why."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, defer, joinedload, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.models.base import Created, Identified, Model, one_of

if TYPE_CHECKING:
    from broadsheet.models.user import User


NAME_LENGTH = 120


class Reason(StrEnum):
    CREATED = "created"
    SAVED = "saved"
    AUTOSAVED = "autosaved"
    PUBLISHED = "published"
    RESTORED = "restored"
    MERGED = "merged"
    REPLACED = "replaced"
    IMPORTED = "imported"
    ACCEPTED = "accepted"


class Revision(Identified, Created, Model):
    __tablename__ = "revisions"
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(one_of(Reason))
    version: Mapped[int] = mapped_column(Integer)  # of an autosave: the one on which it builds
    name: Mapped[str] = mapped_column(
        String(NAME_LENGTH), default=""
    )  # a milestone that somebody wants to keep

    title: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    # What a kind of content has beside these, by the names of its columns.
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    author: Mapped["User | None"] = relationship("User")

    # -- queries

    @classmethod
    def for_a_list(cls) -> Sequence[ORMOption]:
        """Loads who, when and why; the texts stay behind."""
        return defer(cls.body), defer(cls.summary), joinedload(cls.author)

    # -- verbs

    def name_milestone(self, name: str) -> None:
        """A milestone is found by its name, and never thinned out."""
        self.name = name[:NAME_LENGTH]

    def unname(self) -> None:
        self.name = ""

    def set_aside(self) -> None:
        """Of an autosave: it is not offered any more, and stays until it is thinned out."""
        self.particulars = {**(self.particulars or {}), "set_aside": True}

    # -- questions

    @property
    def is_autosave(self) -> bool:
        return self.reason == Reason.AUTOSAVED

    @property
    def is_set_aside(self) -> bool:
        return bool((self.particulars or {}).get("set_aside"))

    @property
    def typed(self) -> dict[str, list[str]]:
        """Of an autosave: the fields beside the text, as the editor sent them."""
        return dict((self.particulars or {}).get("typed") or {})
