"""Chores: done when they are due, by one worker, and what came of them is kept."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.jobs import chores
from broadsheet.jobs.chores import Chore
from broadsheet.lib import clock
from broadsheet.models import ChoreRun, Tag
from broadsheet.models.job import CHORE_RETRIES, CLAIM, LONGEST_PERIOD

HOUR = timedelta(hours=1)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The only chore is to note the time, once an hour."""
    times: list[datetime] = []

    def note(now: datetime) -> int:
        times.append(now)
        return 7

    monkeypatch.setattr(chores, "CHORES", (Chore("note", HOUR, note),))
    return times


def run(name: str) -> ChoreRun:
    db.session.rollback()
    return db.session.get_one(ChoreRun, name, populate_existing=True)


def test_chore_is_done_at_once_and_then_every_hour(app: Flask, done: list[datetime]) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        assert [jobs.do_all_due(), jobs.do_all_due()] == [1, 0]
        time.shift(HOUR)
        assert jobs.do_all_due() == 1
    assert len(done) == 2
    assert (run("note").count, run("note").problem, run("note").claimed_until) == (7, "", None)
    assert run("note").finished_at


def test_chore_can_be_done_before_its_time(app: Flask, done: list[datetime]) -> None:
    jobs.do_all_due()
    assert not jobs.do(chores.CHORES[0])
    assert jobs.do(chores.CHORES[0], at_once=True)
    assert len(done) == 2


def test_of_two_workers_one_does_it(app: Flask, done: list[datetime]) -> None:
    jobs.do_all_due()
    with time_machine.travel(clock.now() + HOUR, tick=False):
        assert [ChoreRun.claim("note", HOUR) for _ in range(2)] == [True, False]
        db.session.commit()
        assert jobs.do_all_due() == 0


def test_failure_is_kept_undone_and_tried_again_soon(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: datetime) -> int:
        db.session.add(Tag(name="half", slug="half"))
        raise RuntimeError("no luck")

    monkeypatch.setattr(chores, "CHORES", (Chore("fail", timedelta(days=1), fail),))
    with time_machine.travel(clock.now(), tick=False) as time:
        jobs.do_all_due()
        assert (run("fail").problem, run("fail").failures) == ("RuntimeError: no luck", 1)
        assert [each.name for each in jobs.status().failing] == ["fail"]
        assert db.session.query(Tag).count() == 0
        time.shift(timedelta(minutes=11))
        assert jobs.do_all_due() == 1
        for _ in range(CHORE_RETRIES):
            time.shift(timedelta(minutes=11))
            jobs.do_all_due()
        assert run("fail").failures == CHORE_RETRIES  # from now on once a day


def test_chore_whose_worker_was_killed_is_done_by_the_next(app: Flask, done: list[datetime]) -> None:
    jobs.do_all_due()
    with time_machine.travel(clock.now() + HOUR, tick=False) as time:
        assert ChoreRun.claim("note", HOUR)
        db.session.commit()
        time.shift(CLAIM + timedelta(seconds=1))
        assert jobs.do_all_due() == 1


def test_chore_that_kills_its_worker_waits_for_its_time(app: Flask, done: list[datetime]) -> None:
    jobs.do_all_due()
    with time_machine.travel(clock.now() + HOUR, tick=False) as time:
        begun = 0
        for _ in range(10):
            begun += ChoreRun.claim("note", HOUR)
            db.session.commit()
            time.shift(timedelta(minutes=2))
    assert begun == CHORE_RETRIES


def test_every_chore_has_a_name_of_its_own_and_can_be_done(app: Flask) -> None:
    names = [chore.name for chore in jobs.CHORES]
    assert len(set(names)) == len(names)
    assert jobs.do_all_due() == len(names)
    assert [each.name for each in jobs.status().chores if each.problem] == []


# -- a clock that was wrong

YEAR = timedelta(days=365)


def test_a_clock_that_was_a_year_ahead_puts_no_chore_off(app: Flask, done: list[datetime]) -> None:
    now = clock.now()
    with time_machine.travel(now + YEAR, tick=False):
        assert jobs.do_all_due() == 1
        ChoreRun.claim("note", HOUR)  # and a worker died over it
        db.session.commit()
    with time_machine.travel(now, tick=False):
        assert [jobs.do_all_due(), jobs.do_all_due()] == [1, 0]


def test_nothing_is_thrown_away_right_after_a_leap_of_the_clock(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def chore(name: str) -> Chore:
        return Chore(name, HOUR, lambda now: done.append(name) or 0)

    monkeypatch.setattr(chores, "CHORES", (chore("purge_trash"), chore("back_up")))
    now = clock.now()
    with time_machine.travel(now, tick=False) as time:
        jobs.do_all_due()
        done.clear()
        time.move_to(now + YEAR)
        jobs.do_all_due()
        assert done == ["back_up"]
        time.move_to(now + HOUR)  # somebody has put it right
        jobs.do_all_due()
        assert sorted(done) == ["back_up", "back_up", "purge_trash"]
        time.move_to(now + YEAR)  # that long it was off, and time goes on
        jobs.do_all_due()
        time.shift(HOUR)
        done.clear()
        jobs.do_all_due()
        assert sorted(done) == ["back_up", "purge_trash"]


def test_no_chore_comes_less_often_than_a_claim_can_know(app: Flask) -> None:
    assert max(chore.every for chore in chores.CHORES) <= LONGEST_PERIOD
    assert {chore.name for chore in chores.CHORES} >= chores.PURGES
