"""What a webhook is told, and each attempt to tell it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet.lib import clock, webhook_signing
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db, one_of
from broadsheet.models.job import SKEW

# When it is tried again; after the last of them it is given up: 27 hours and a half after the first attempt.
# It is the schedule of the Standard Webhooks specification.
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
ATTEMPTS = len(RETRIES) + 1
LONGEST_PAUSE = timedelta(days=1)  # for which a target may ask
BODY_KEPT = 1000  # bytes of an answer
KEPT = timedelta(days=30)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Problem(StrEnum):
    """Why an attempt failed. An attempt with neither a status nor this is under way, or was interrupted."""

    STATUS = "status"  # another one than 2xx
    REDIRECT = "redirect"
    FORBIDDEN = "forbidden"  # the address leads into a network that is not public
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    GARBLED = "garbled"  # what came back was no HTTP, or the address none of the web
    UNSIGNED = "unsigned"  # encrypted with a secret key that the site has no more


class WebhookDelivery(Identified, Created, Model):
    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_deliveries_waiting", "webhook_id", "state", "event_id"),
    )

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    # None of a test. No foreign key: which event it was is true however short the log is kept.
    event_id: Mapped[int | None]
    type: Mapped[str] = mapped_column(String(60))
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    payload: Mapped[str] = mapped_column(Text, default="")  # made when it is sent first, and then the same
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState), default=DeliveryState.WAITING)
    attempts_made: Mapped[int] = mapped_column(default=0)  # since somebody asked to send it
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    attempts: Mapped[list["WebhookAttempt"]] = relationship(
        back_populates="delivery", order_by="WebhookAttempt.id", passive_deletes=True, cascade="all"
    )

    def __str__(self) -> str:
        return self.message_id

    @classmethod
    def of(cls, webhook_id: int, type: str, event_id: int | None = None) -> Self:
        return cls(webhook_id=webhook_id, event_id=event_id, type=type, message_id=webhook_signing.new_id())

    @classmethod
    def forget_old(cls, now: datetime) -> int:
        """What was delivered or given up stays in sight for thirty days."""
        gone = db.session.execute(delete(cls).where(cls.finished_at < now - KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE has one

    # -- verbs

    def begin(self) -> "WebhookAttempt":
        """Written down before anything is sent: what a crash interrupts is seen."""
        self.attempts_made += 1
        attempt = WebhookAttempt(delivery=self)
        db.session.add(attempt)
        return attempt

    def succeed(self) -> None:
        self.state, self.finished_at = DeliveryState.DELIVERED, clock.now()

    def give_up(self) -> None:
        self.state, self.finished_at = DeliveryState.GIVEN_UP, clock.now()

    def postpone(self, wanted: float | None = None) -> None:
        """To the next time in the schedule, or a later one: in the `wanted` seconds that the target asks."""
        pause = RETRIES[min(self.attempts_made, len(RETRIES)) - 1]
        if wanted is not None:
            pause = max(pause, min(timedelta(seconds=min(wanted, 1e7)), LONGEST_PAUSE))
        self.next_attempt_at = clock.now() + pause

    def send_again(self) -> None:
        """Under the same id, so that whoever has it already knows it; from the beginning of the schedule."""
        if self.state != DeliveryState.WAITING:
            self.state, self.finished_at, self.attempts_made = DeliveryState.WAITING, None, 0
        self.next_attempt_at = clock.now()

    # -- questions

    @property
    def is_test(self) -> bool:
        return self.event_id is None

    @property
    def is_due(self) -> bool:
        """What is noted for later than ever was noted while a clock was wrong."""
        now = clock.now()
        return not now < self.next_attempt_at <= now + LONGEST_PAUSE + SKEW

    @property
    def may_be_tried_again(self) -> bool:
        return not self.is_test and self.attempts_made < ATTEMPTS


class WebhookAttempt(Identified, Model):
    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")  # the beginning of the answer
    problem: Mapped[Problem | None] = mapped_column(one_of(Problem))

    delivery: Mapped[WebhookDelivery] = relationship(back_populates="attempts")
