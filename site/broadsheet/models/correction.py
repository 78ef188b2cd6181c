"""Corrections: what was wrong in a post, told to its readers with a date."""

from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Select, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock
from broadsheet.models.base import Created, Identified, Model, db
from broadsheet.models.event import happened
from broadsheet.models.rendering import rendered

if TYPE_CHECKING:
    from broadsheet.models.post import Post
    from broadsheet.models.user import User

BODY_LENGTH = 2000


class Correction(Identified, Created, Model):
    __tablename__ = "corrections"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")  # rendered at save
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    post: Mapped["Post"] = relationship("Post")
    author: Mapped["User | None"] = relationship("User")

    def __str__(self) -> str:
        return self.body

    # -- queries

    @classmethod
    def of(cls, post: "Post") -> Select[Self]:
        """The newest first."""
        return select(cls).where(cls.post_id == post.id).order_by(cls.created_at.desc(), cls.id.desc())

    # -- verbs

    @classmethod
    def make(cls, post: "Post", *, body: str, by: "User | None") -> Self:
        """Readers see it at once, whatever changes of the text are held back; to them the post is updated."""
        html = rendered(body, language=post.language).html
        correction = cls(post=post, body=body, html=html, author=by)
        db.session.add(correction)
        post.revised_at = clock.now()
        happened(signals.post_corrected, post, correction=correction)
        return correction

    def delete(self) -> None:
        """It was a mistake itself. Readers are told of no update."""
        happened(signals.post_correction_deleted, self.post)
        db.session.delete(self)
