"""Corrections: what was wrong in a post, told to its readers with a date."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

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

    @classmethod
    def told_with(cls, content: Any) -> "list[Self]":
        """What readers are told beside a text; a page has none."""
        return list(db.session.scalars(cls.of(content))) if content.kind == "post" else []

    @classmethod
    def told_with_each(cls, posts: "Iterable[Post]") -> "dict[int, list[Self]]":
        """The same by the posts' ids, in one query."""
        found: dict[int, list[Self]] = {post.id: [] for post in posts}
        if found:
            query = select(cls).where(cls.post_id.in_(found))
            for one in db.session.scalars(query.order_by(cls.created_at.desc(), cls.id.desc())):
                found[one.post_id].append(one)
        return found

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

    @classmethod
    def bring(cls, post: "Post", told: "Iterable[tuple[datetime, str]]") -> None:
        """Those that were told elsewhere, with their dates; what is here already stays as it is. Nobody is
        told anew."""
        known = {(one.created_at, one.body) for one in cls.told_with(post)}
        for at, body in dict.fromkeys(told):
            if (at, body) not in known:
                html = rendered(body, language=post.language).html
                db.session.add(cls(post=post, body=body, html=html, created_at=at))

    def delete(self) -> None:
        """It was a mistake itself. Readers are told of no update."""
        happened(signals.post_correction_deleted, self.post)
        db.session.delete(self)
