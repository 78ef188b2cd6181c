"""How the worker is, for the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, func, select

from broadsheet.extensions import db
from broadsheet.jobs import engine
from broadsheet.lib import clock
from broadsheet.models import ChoreRun, Job

BEAT = timedelta(seconds=20)
# After so long without a sign of life it is taken for dead.
SILENCE = 3 * BEAT


@dataclass(frozen=True)
class Status:
    last_beat: datetime | None  # none: no worker was ever here
    waiting: int  # jobs that are still to be done
    waiting_since: datetime | None  # when the oldest of them was asked for
    given_up: int  # jobs that failed too often
    chores: Sequence[ChoreRun]

    @property
    def is_alive(self) -> bool:
        return self.last_beat is not None and clock.now() - self.last_beat < SILENCE

    @property
    def failing(self) -> list[ChoreRun]:
        return [run for run in self.chores if run.problem]


def status() -> Status:
    """In two queries."""
    waits = Job.failed_at.is_(None)
    waiting, since, given_up = db.session.execute(
        select(
            func.count(case((waits, 1))),
            func.min(case((waits, Job.created_at))),
            func.count(Job.failed_at),
        )
    ).one()
    return Status(
        last_beat=engine.last_beat(current_app._get_current_object()),
        waiting=waiting,
        waiting_since=since,
        given_up=given_up,
        chores=db.session.scalars(select(ChoreRun).order_by(ChoreRun.name)).all(),
    )
