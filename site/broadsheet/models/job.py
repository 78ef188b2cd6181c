"""Jobs that wait for the worker, and the chores that it does again and again.

A job is a row, written in the transaction that wants it done. The worker claims the row for a while, and
removes it once the work is committed; a claim that nobody renews ends, and the job is anybody's again.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import JSON, ColumnElement, Index, Select, String, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.lib import clock
from broadsheet.models.base import Created, Identified, Model, UTCDateTime, db

# How long nobody else takes what somebody took; renewed while the work goes on.
CLAIM = timedelta(seconds=60)
# So far apart may the clocks of machines be that share a site. What is noted for later than that was noted
# while a clock was wrong, and must not wait for a time that may be a year away.
SKEW = timedelta(minutes=5)
# When a failed job is tried again; after the last of them it is given up.
RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
ATTEMPTS = len(RETRIES) + 1
# After so many failures in a row, a chore waits for its own time.
CHORE_RETRIES = 3
CHORE_RETRY = timedelta(minutes=10)
LONGEST_PERIOD = timedelta(days=1)  # of any chore
PROBLEM_LENGTH = 500


class Job(Identified, Created, Model):
    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "failed_at", "run_at"),)

    function: Mapped[str] = mapped_column(String(200))  # as `broadsheet.media:make_sizes`
    # A list, or with the id of a request an object that has both: see `packed`.
    arguments: Mapped[Any] = mapped_column(JSON, default=list)
    digest: Mapped[str] = mapped_column(String(64), index=True)  # of both, to know the same job again
    run_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # given up
    problem: Mapped[str] = mapped_column(String(PROBLEM_LENGTH), default="")

    def __str__(self) -> str:
        return self.function

    @staticmethod
    def packed(arguments: list[Any], request_id: str) -> Any:
        return {"arguments": arguments, "request_id": request_id} if request_id else arguments

    @property
    def own_arguments(self) -> list[Any]:
        found: list[Any] = self.arguments["arguments"] if isinstance(self.arguments, dict) else self.arguments
        return found

    @property
    def request_id(self) -> str:
        """Of the request that asked for it; empty if none did."""
        return str(self.arguments.get("request_id", "")) if isinstance(self.arguments, dict) else ""

    @classmethod
    def waiting(cls) -> Select[Self]:
        """All that is still to be done, now or later."""
        return select(cls).where(cls.failed_at.is_(None))

    @classmethod
    def due(cls) -> Select[Self]:
        return cls.waiting().where(is_free(cls), cls._is_due()).order_by(cls.id)

    @classmethod
    def given_up(cls) -> Select[Self]:
        return select(cls).where(cls.failed_at.is_not(None)).order_by(cls.failed_at.desc())

    @classmethod
    def claim(cls, id: int) -> Self | None:
        """The job, if it is due and nobody is at it. Of many who ask at once, one gets it."""
        now = clock.now()
        mine = (
            update(cls)
            .where(cls.id == id, cls.failed_at.is_(None), cls._is_due(), is_free(cls))
            .values(claimed_until=now + CLAIM, attempts=cls.attempts + 1)
        )
        if not db.session.execute(mine.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
            return None
        return db.session.get(cls, id, populate_existing=True)

    @classmethod
    def renew(cls, ids: list[int]) -> None:
        _renew(cls, cls.id.in_(ids))

    def fail(self, problem: str) -> None:
        """To be tried again later, or given up after the last attempt."""
        now = clock.now()
        self.claimed_until, self.problem = None, problem[:PROBLEM_LENGTH]
        if self.attempts >= ATTEMPTS:
            self.failed_at = now
        else:
            self.run_at = now + RETRIES[self.attempts - 1]

    @classmethod
    def _is_due(cls) -> ColumnElement[bool]:
        now = clock.now()
        at_once = and_(cls.created_at > now + SKEW, cls.run_at <= cls.created_at)
        again = and_(cls.attempts > 0, cls.run_at > now + RETRIES[-1] + SKEW)
        return or_(cls.run_at <= now, at_once, again)


class ChoreRun(Model):
    """When a chore was done last, what came of it, and when it is due again."""

    __tablename__ = "chore_runs"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    count: Mapped[int | None]  # what the last whole run brought about
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    problem: Mapped[str] = mapped_column(String(PROBLEM_LENGTH), default="")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def names_not_due(cls) -> Select[str]:
        """Those of which a look is enough; whether one of the others is due, `claim` says."""
        now = clock.now()
        is_claimed = cls.claimed_until.between(now, now + CLAIM + SKEW)
        is_of_now = or_(cls.started_at.is_(None), cls.started_at <= now + SKEW)
        is_of_now = and_(is_of_now, cls.due_at <= now + LONGEST_PERIOD + SKEW)
        return select(cls.name).where(
            cls.due_at > now, is_of_now, or_(cls.claimed_until.is_(None), is_claimed)
        )

    @classmethod
    def claim(cls, name: str, every: timedelta) -> bool:
        """Whether the chore is due and the caller's to do. Of many who ask at once, one gets it."""
        now = clock.now()
        # Whoever died over it left a claim that ended; a chore that kills its worker waits for its time.
        died = and_(cls.claimed_until < now, cls.failures < CHORE_RETRIES)
        was_ahead = or_(cls.started_at > now + SKEW, cls.due_at > now + every + SKEW)
        is_due = or_(and_(or_(cls.due_at <= now, was_ahead), is_free(cls)), died)
        mine = (
            update(cls)
            .where(cls.name == name, is_due)
            .values(claimed_until=now + CLAIM, started_at=now, due_at=now + every, failures=cls.failures + 1)
        )
        return bool(db.session.execute(mine.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one

    @classmethod
    def renew(cls, names: list[str]) -> None:
        _renew(cls, cls.name.in_(names))

    @classmethod
    def last_life(cls) -> datetime | None:
        """When a chore was begun last."""
        return db.session.scalar(select(func.max(cls.started_at)))

    @classmethod
    def put_off(cls, name: str, until: datetime) -> None:
        db.session.execute(update(cls).where(cls.name == name).values(due_at=until))

    def finish(self, count: int) -> None:
        self.claimed_until, self.finished_at = None, clock.now()
        self.count, self.failures, self.problem = count, 0, ""

    def fail(self, problem: str) -> None:
        self.claimed_until, self.finished_at = None, clock.now()
        self.problem = problem[:PROBLEM_LENGTH]
        if self.failures < CHORE_RETRIES:
            self.due_at = min(self.due_at, clock.now() + CHORE_RETRY)


def is_free(table: Any) -> ColumnElement[bool]:
    """Nobody is at it. No claim reaches further than CLAIM, unless a clock was wrong."""
    now, until = clock.now(), table.claimed_until
    return or_(until.is_(None), until < now, until > now + CLAIM + SKEW)


def _renew(table: type[Job] | type[ChoreRun], which: ColumnElement[bool]) -> None:
    later = (
        update(table).where(which, table.claimed_until.is_not(None)).values(claimed_until=clock.now() + CLAIM)
    )
    db.session.execute(later.execution_options(synchronize_session=False))
