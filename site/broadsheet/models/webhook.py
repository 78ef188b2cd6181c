"""Webhooks: programs elsewhere that are told what happens here."""

from collections import defaultdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import JSON, ForeignKey, Select, String, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, webhook_signing
from broadsheet.models import webhook_event
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db, one_of
from broadsheet.models.event import Event, happened
from broadsheet.models.job import CLAIM, is_free
from broadsheet.models.webhook_delivery import DeliveryState, Problem, WebhookDelivery
from broadsheet.sealing import seal, unseal

if TYPE_CHECKING:
    from broadsheet.models.user import User

PURPOSE = "webhook"
NAME_LENGTH = 120
URL_LENGTH = 1000
MOST = 50  # of one site
AT_ONCE = 500  # events that are taken up in one go
# So long both secrets count after a change.
OVERLAP = timedelta(hours=24)
# When for so long nothing has come through, giving up a delivery gives up the target.
DEAD_AFTER = timedelta(days=5)
# Events that old are looked for no more: whatever wrote them has long been committed.
LOOKED_BACK = timedelta(days=2)
GONE = 410


class Because(StrEnum):
    """Why it is switched off."""

    BY_HAND = "by_hand"
    GONE = "gone"  # the target said so: 410
    DEAD = "dead"


class Webhook(Identified, Created, Model):
    __tablename__ = "webhooks"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    events: Mapped[list[str]] = mapped_column(JSON, default=list)  # types, or `*`: see webhook_event.py
    sealed_secret: Mapped[str] = mapped_column(String(400))  # encrypted, see sealing.py
    sealed_former_secret: Mapped[str] = mapped_column(String(400), default="")
    former_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_because: Mapped[Because | None] = mapped_column(one_of(Because))
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # nothing has come through since
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # by a worker: one keeps the order
    since_event_id: Mapped[int] = mapped_column(default=0)  # events up to it are looked for no more
    # Of kinds that were chosen later: up to which event each was not wanted yet.
    since: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    created_by: Mapped["User | None"] = relationship("User")

    def __str__(self) -> str:
        return self.name

    # -- queries

    @classmethod
    def by_name(cls) -> Select[Self]:
        return select(cls).order_by(func.lower(cls.name), cls.id)

    @classmethod
    def active(cls) -> Select[Self]:
        return select(cls).where(cls.off_at.is_(None))

    @classmethod
    def count(cls) -> int:
        return db.session.scalar(select(func.count()).select_from(cls)) or 0

    @classmethod
    def given_up(cls) -> Select[Self]:
        """Switched off, and not by hand."""
        return select(cls).where(cls.off_because.in_((Because.GONE, Because.DEAD)))

    def deliveries(self) -> Select[WebhookDelivery]:
        """Newest first."""
        mine = select(WebhookDelivery).where(WebhookDelivery.webhook_id == self.id)
        return mine.order_by(WebhookDelivery.id.desc())

    # -- verbs

    @classmethod
    def create(cls, *, name: str, url: str, events: list[str], by: "User | None") -> Self:
        """It is told what happens from now on."""
        webhook = cls(name=name, url=url, events=events, created_by=by)
        webhook.sealed_secret = seal(PURPOSE, webhook_signing.new_secret())
        webhook._begin_now()
        db.session.add(webhook)
        happened(signals.webhook_created, webhook)
        return webhook

    def change(self, **changes: Any) -> None:
        """What happened before is still told as it was wanted then."""
        if all(getattr(self, name) == value for name, value in changes.items()):
            return
        if self.is_active and changes.get("events", self.events) != self.events:
            self._want(changes["events"])
        for name, value in changes.items():
            setattr(self, name, value)
        happened(signals.webhook_changed, self)

    def change_secret(self) -> None:
        """For a day what is sent is signed with both, so that nothing is refused meanwhile."""
        self.sealed_former_secret, self.former_until = self.sealed_secret, clock.now() + OVERLAP
        self.sealed_secret = seal(PURPOSE, webhook_signing.new_secret())
        happened(signals.webhook_secret_changed, self)

    def switch_off(self, because: Because = Because.BY_HAND) -> None:
        """What still waits is given up."""
        if not self.is_active:
            return
        self.off_at, self.off_because = clock.now(), because
        waiting = update(WebhookDelivery).where(
            WebhookDelivery.webhook_id == self.id, WebhookDelivery.state == DeliveryState.WAITING
        )
        given_up = {"state": DeliveryState.GIVEN_UP, "finished_at": clock.now()}
        db.session.execute(waiting.values(given_up).execution_options(synchronize_session="fetch"))
        happened(signals.webhook_switched_off, self, because=because.value)

    def switch_on(self) -> None:
        """It is told what happens from now on; nothing of what it missed."""
        if self.is_active:
            return
        self.off_at = self.off_because = self.failing_since = None
        self._begin_now()
        happened(signals.webhook_switched_on, self)

    def delete(self) -> None:
        happened(signals.webhook_deleted, self)
        db.session.delete(self)

    def test(self) -> WebhookDelivery:
        """A message that tells of nothing; it is sent before all that waits, and once."""
        db.session.flush()
        delivery = WebhookDelivery.of(self.id, webhook_event.TEST)
        db.session.add(delivery)
        return delivery

    def send_again(self, delivery: WebhookDelivery) -> bool:
        """Whether it is: a test always, what happened only while the webhook is on."""
        if not (self.is_active or delivery.is_test):
            return False
        delivery.send_again()
        return True

    def collect(self) -> int:
        """Writes down what is to be sent of what has happened; how much. Each event once.

        Not by an id that was seen last: a transaction that began early may be committed late.
        """
        if not self.is_active:
            return 0
        found = db.session.execute(self._uncollected().order_by(Event.id).limit(AT_ONCE)).all()
        for event_id, action in found:
            db.session.add(WebhookDelivery.of(self.id, webhook_event.type_of(action), event_id))
        db.session.flush()
        return len(found)

    def collect_all(self) -> None:
        while self.collect():
            pass

    def look_back_less(self, now: datetime) -> None:
        """After all was collected: the search for what happened need not begin with the first of days."""
        before = select(func.max(Event.id)).where(Event.at < now - LOOKED_BACK)
        self.since_event_id = max(self.since_event_id, db.session.scalar(before) or 0)
        self.since = {action: id for action, id in self.since.items() if id > self.since_event_id}

    @classmethod
    def claim(cls, id: int) -> bool:
        """Whether it is the caller's to send to. Of many who ask at once, one gets it."""
        mine = update(cls).where(cls.id == id, is_free(cls)).values(claimed_until=clock.now() + CLAIM)
        claimed = db.session.execute(mine.execution_options(synchronize_session=False))
        return bool(claimed.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one

    def renew(self) -> None:
        self.claimed_until = clock.now() + CLAIM

    def release(self) -> None:
        self.claimed_until = None

    def hear(
        self,
        delivery: WebhookDelivery,
        *,
        status: int | None,
        problem: Problem | None,
        wanted: float | None = None,
    ) -> None:
        """What the answer to an attempt means; `wanted` are the seconds for which the target asks."""
        if problem is None:
            delivery.succeed()
            self.failing_since = None
            return
        if not delivery.is_test:
            self.failing_since = self.failing_since or clock.now()
        if status == GONE:
            delivery.give_up()
            self.switch_off(Because.GONE)
        elif delivery.may_be_tried_again:
            delivery.postpone(wanted)
        else:
            delivery.give_up()
            if self.failing_since is not None and clock.now() - self.failing_since >= DEAD_AFTER:
                self.switch_off(Because.DEAD)

    # -- questions

    @property
    def is_active(self) -> bool:
        return self.off_at is None

    @property
    def wants_all(self) -> bool:
        return webhook_event.ALL in self.events

    @property
    def secret(self) -> str | None:
        """None if it was encrypted with a secret key that the site has no more."""
        return unseal(PURPOSE, self.sealed_secret)

    @property
    def secrets(self) -> list[str]:
        """All that count now, the newest first."""
        sealed = [self.sealed_secret]
        if self.former_until is not None and clock.now() < self.former_until:
            sealed.append(self.sealed_former_secret)
        return [found for one in sealed if (found := unseal(PURPOSE, one))]

    def next_due(self) -> WebhookDelivery | None:
        """What is to be sent now: a test at once, and of what happened the first that waits, when its time
        has come: what happened later waits for it."""
        waiting = select(WebhookDelivery).where(
            WebhookDelivery.webhook_id == self.id, WebhookDelivery.state == DeliveryState.WAITING
        )
        test = waiting.where(WebhookDelivery.event_id.is_(None)).order_by(WebhookDelivery.id)
        told = waiting.where(WebhookDelivery.event_id.is_not(None)).order_by(WebhookDelivery.event_id)
        for query in (test, told):
            found = db.session.scalar(query.limit(1))
            if found is not None and found.is_due:
                return found
        return None

    def has_work(self) -> bool:
        """Whether there is something to send now."""
        if self.is_active and db.session.scalar(select(exists(self._uncollected()))):
            return True
        return self.next_due() is not None

    # -- private

    def _begin_now(self) -> None:
        self.since_event_id, self.since = _newest_event(), {}

    def _want(self, events: list[str]) -> None:
        self.collect_all()
        wanted, former = webhook_event.actions(events), webhook_event.actions(self.events)
        newest = _newest_event()
        kept = {action: id for action, id in self.since.items() if action in wanted}
        self.since = kept | {action: newest for action in wanted if action not in former}

    def _uncollected(self) -> Select[int, str]:
        collected = select(WebhookDelivery.id).where(
            WebhookDelivery.webhook_id == self.id, WebhookDelivery.event_id == Event.id
        )
        actions: dict[int, list[str]] = defaultdict(list)
        for action in webhook_event.actions(self.events):
            actions[max(self.since_event_id, self.since.get(action, 0))].append(action)
        wanted = (and_(Event.id > since, Event.action.in_(those)) for since, those in actions.items())
        return select(Event.id, Event.action).where(or_(false(), *wanted), ~collected.exists())


def _newest_event() -> int:
    return db.session.scalar(select(func.max(Event.id))) or 0
