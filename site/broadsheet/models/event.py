"""The audit log: who did what, when, from where. Written in the transaction that does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, cast

from blinker import NamedSignal
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.database import Session
from broadsheet.lib import clock
from broadsheet.models.base import Identified, Model, UTCDateTime, db, each_word_in


@dataclass(frozen=True)
class Actor:
    """Who is acting now: a signed-in person, a visitor (no name), or the command line."""

    user_id: int | None = None
    name: str = ""
    address: str = ""
    request_id: str = ""


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """What happens inside is done by `actor`."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def acting_now() -> Actor:
    return _actor.get()


@contextmanager
def introduced(name: str) -> Iterator[None]:
    """A stranger who is just becoming a member does what happens inside under this name."""
    actor = _actor.get()
    with acting(replace(actor, name=actor.name or name)):
        yield


class Event(Identified, Model):
    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject_kind", "subject_id"),
        Index("ix_events_latest", "subject_kind", "at", "id"),
    )

    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    # No foreign key to the subject: the log outlives what it tells of.
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    subject_label: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @classmethod
    def newest_first(cls) -> Select[Self]:
        return select(cls).order_by(cls.at.desc(), cls.id.desc())

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in who did it, to what, or from which address."""
        return each_word_in(words, cls.actor_name, cls.subject_label, cls.address)


def happened(
    signal: NamedSignal, subject: Any, *, secret: dict[str, object] | None = None, **details: Any
) -> None:
    """Records an event and queues its signal for after the commit.

    `subject` is the model it happened to; `details` go into the log and to the receivers; what is in
    `secret` (a link with a token) goes to the receivers alone.
    """
    db.session.flush()  # a new subject has its id only now
    actor = _actor.get()
    db.session.add(
        Event(
            action=signal.name,
            subject_kind=type(subject).__name__.lower(),
            subject_id=getattr(subject, "id", None),
            subject_label=str(subject)[:300],
            actor_id=actor.user_id,
            actor_name=actor.name,
            address=actor.address,
            request_id=actor.request_id,
            details={name: _plain(value) for name, value in details.items()},
        )
    )
    cast(Session, db.session()).announce(signal, subject, **details, **(secret or {}))


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
