"""In which lists published posts stand: the site's, a tag's, an author's, a series's; and how many in each.

Both tables are kept by triggers of the database (migration 0007), in the transaction that publishes, tags or
trashes, so that no bulk statement and no crash leaves them behind: docs/decisions/0047. What time alone
decides, what is scheduled and what is over, is little, and left out by who reads.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UnaryExpression,
    func,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock
from broadsheet.models.base import NOW, Model, UTCDateTime, db

ALL = 0  # in place of a month


class ListKind(IntEnum):
    SITE = 1  # all that is public
    LISTED = 2  # what is shown to those who did not ask for it
    TAG = 3
    AUTHOR = 4
    SERIES = 5
    PART = 6  # of the sitemap; by the time of the last save


class ListEntry(Model):
    """A published post in a list; its time may still be to come, or be over."""

    __tablename__ = "list_entries"
    __table_args__ = (
        Index(
            "ix_list_entries_expiring",
            *("kind", "subject_id", "expires_at"),
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "ix_list_entries_unlisted",
            *("kind", "subject_id", "listed", "at", "expires_at"),
            sqlite_where=text("listed = 0"),
            postgresql_where=text("NOT listed"),
        ),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[ListKind] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    listed: Mapped[bool] = mapped_column(Boolean)

    @classmethod
    def found(
        cls, kind: ListKind, subject: Any = 0, *, listed: bool = False, before: Any = None
    ) -> list[ColumnElement[bool]]:
        """Whether it is of this list, and its post found by readers at the moment; with `listed`, also by
        those who did not ask for it. The one visibility rule, as far as time decides it. A parameter in the
        place of `before` is for a moment that is over."""
        # One bound: of two, SQLite would begin at the first and walk to the other.
        is_to_come = isinstance(before, datetime) and before > clock.now()
        begun = cls.at <= NOW if before is None or is_to_come else cls.at < before
        lasts = or_(cls.expires_at.is_(None), cls.expires_at > NOW)
        own = cls.kind == kind, cls.subject_id == subject
        return [*own, begun, lasts, *([cls.listed.expression] if listed else [])]

    @classmethod
    def newest_first(cls) -> tuple[UnaryExpression[Any], ...]:
        return cls.at.desc(), cls.post_id.desc()


class ListCount(Model):
    """How many entries a list has: of each month in UTC, and ALL of them."""

    __tablename__ = "list_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[ListKind] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    many: Mapped[int] = mapped_column(Integer)

    @classmethod
    def standing(cls, kind: ListKind, subjects: Iterable[int]) -> dict[int, int]:
        """How many entries each list has, of posts whose time is to come and is over, too."""
        kept = select(cls.subject_id, cls.many).where(
            cls.kind == kind, cls.subject_id.in_(subjects), cls.month == ALL
        )
        return dict(db.session.execute(kept).all())

    @classmethod
    def of(cls, kind: ListKind, subjects: Iterable[int]) -> dict[int, int]:
        """How many posts of each list readers find at the moment; one that has none is not in it."""
        now, ids = clock.now(), list(subjects)
        kept = select(cls.subject_id, cls.many).where(
            cls.kind == kind, cls.subject_id.in_(ids), cls.month == ALL
        )
        entry = ListEntry
        own = entry.kind == kind, entry.subject_id.in_(ids)
        unseen = [
            select(entry.subject_id, -func.count()).where(*own, *which).group_by(entry.subject_id)
            for which in ((entry.at > now,), (entry.expires_at <= now, entry.at <= now))
        ]
        counts: dict[int, int] = {}
        for subject, many in db.session.execute(union_all(kept, *unseen)):
            counts[subject] = counts.get(subject, 0) + many
        return {subject: many for subject, many in counts.items() if many}
