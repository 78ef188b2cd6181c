"""Presence: who has a post or page open in the editor just now."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from broadsheet.lib import clock
from broadsheet.models.base import Identified, Model, UTCDateTime, db
from broadsheet.models.revision import Revision

if TYPE_CHECKING:
    from broadsheet.models.page import Page
    from broadsheet.models.post import Post
    from broadsheet.models.user import User

# The editor's script says every 15 s that it is still open; two beats may be lost.
HERE = timedelta(seconds=45)
# Without a script nobody says so: whoever opened the editor so lately may still be writing.
LATELY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class Presence(Identified, Model):
    __tablename__ = "presences"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name="one_subject"),
        UniqueConstraint("user_id", "post_id", name="uq_presences_user_post"),
        UniqueConstraint("user_id", "page_id", name="uq_presences_user_page"),
    )

    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    version: Mapped[int] = mapped_column(default=0)  # the newest that the editor has shown to them

    user: Mapped["User"] = relationship("User")

    # -- queries

    @classmethod
    def of_others(cls, content: "Post | Page", user: "User", within: timedelta) -> Select[Self]:
        """Who else was seen there within that time, the latest first."""
        return (
            select(cls)
            .options(joinedload(cls.user))
            .where(cls._in(content), cls.user_id != user.id, cls._seen_since(within))
            .order_by(cls.seen_at.desc(), cls.id)
            .limit(20)
        )

    @classmethod
    def version_known_to(cls, user: "User", content: "Post | Page") -> int:
        """The newest version that the person has opened or saved; the first, if none is known of."""
        if content.version <= 1:
            return content.version
        opened = select(cls.version).where(cls._in(content), cls.user_id == user.id)
        saved = content.history().where(Revision.author_id == user.id).order_by(None)
        known = (
            db.session.scalar(opened),
            db.session.scalar(saved.with_only_columns(func.max(Revision.version))),
        )
        return max(1, *(version or 0 for version in known))

    # -- verbs

    @classmethod
    def keep(cls, connection: Connection, content: "Post | Page", user: "User", *, opened: bool) -> None:
        """The person has the editor open; `opened` just now, with the newest version in it.

        By a connection of its own or the session's: opening a page only reads otherwise.
        """
        now = clock.now()
        values: dict[str, object] = {"seen_at": now}
        if opened:
            values |= {"opened_at": now, "version": content.version}
        own = (cls._in(content), cls.user_id == user.id)
        if connection.execute(update(cls).where(*own).values(values)).rowcount:
            return
        subject = {"post_id": None, "page_id": None} | {f"{content.kind}_id": content.id}
        first = {"user_id": user.id, "opened_at": now, "version": content.version if opened else 0}
        connection.execute(insert(cls).values(**subject, **(first | values)))

    @classmethod
    def forget_stale(cls, now: datetime | None = None) -> int:
        """Of yesterday nobody wants to know."""
        stale = delete(cls).where(cls.seen_at < (now or clock.now()) - FORGOTTEN_AFTER)
        return int(db.session.execute(stale).rowcount)  # type: ignore[attr-defined]

    # -- questions

    @property
    def is_here(self) -> bool:
        return self.seen_at > clock.now() - HERE

    # -- private

    @classmethod
    def _seen_since(cls, within: timedelta) -> ColumnElement[bool]:
        """Not by a clock that was ahead."""
        return cls.seen_at.between(clock.now() - within, clock.now() + within)

    @classmethod
    def _in(cls, content: "Post | Page") -> ColumnElement[bool]:
        return (cls.post_id if content.kind == "post" else cls.page_id) == content.id
