"""Jobs: kept with what asked for them, done at least once, tried again, never lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from blinker import Signal
from flask import Flask
from sqlalchemy import func, select

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.jobs import engine, queue
from broadsheet.lib import clock
from broadsheet.models import Job, Tag
from broadsheet.models.job import ATTEMPTS, CLAIM


def work_of_a_test(name: str) -> None:
    db.session.add(Tag(name=name, slug=name))


def failing(name: str) -> None:
    db.session.add(Tag(name=name, slug=name))
    raise OSError("the disk is full")


def names() -> list[str]:
    return list(db.session.scalars(select(Tag.name).order_by(Tag.id)))


@pytest.fixture(autouse=True)
def jobs_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    # Functions of a test are found under no name; only where jobs come from is replaced, not how they go.
    found = {"broadsheet.test:work_of_a_test": work_of_a_test, "broadsheet.test:failing": failing}
    monkeypatch.setattr(queue, "_function", found.__getitem__)
    monkeypatch.setattr(queue, "_name_of", lambda function: f"broadsheet.test:{function.__name__}")


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Jobs are not done at once; the ids for which a worker would be woken."""
    app.config["JOBS_AT_ONCE"] = False
    woken: list[int] = []
    monkeypatch.setattr(engine, "wake", lambda app, id: woken.append(id))
    return woken


def test_job_is_done_after_the_commit_and_gone(app: Flask, refresh: Callable[[], None]) -> None:
    jobs.later(work_of_a_test, "one")
    refresh_now = names()
    db.session.commit()
    refresh()
    assert (refresh_now, names()) == ([], ["one"])
    assert db.session.scalars(Job.waiting()).all() == []


def test_job_is_forgotten_with_a_rollback(app: Flask) -> None:
    jobs.later(work_of_a_test, "one")
    db.session.rollback()
    db.session.commit()
    assert names() == []
    assert db.session.scalars(Job.waiting()).all() == []


def test_receiver_of_an_event_keeps_its_job_by_itself(app: Flask, waiting: list[int]) -> None:
    event = Signal()

    def receive(sender: object) -> None:
        jobs.later(work_of_a_test, "one")

    event.connect(receive)
    session = db.session()
    session.announce(event, "somebody")  # type: ignore[attr-defined]  # ours has it
    db.session.commit()
    db.session.rollback()
    assert [job.arguments for job in db.session.scalars(Job.waiting())] == [["one"]]
    assert len(waiting) == 1


def test_worker_is_woken_only_after_the_commit(app: Flask, waiting: list[int]) -> None:
    jobs.later(work_of_a_test, "one")
    assert waiting == []
    db.session.commit()
    assert waiting == [db.session.scalars(Job.waiting()).one().id]


def test_same_job_waits_once(app: Flask, waiting: list[int]) -> None:
    for _ in range(3):
        jobs.later(work_of_a_test, "one")
    jobs.later(work_of_a_test, "two")
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 2
    assert jobs.perform_due() == 2
    assert names() == ["one", "two"]


def test_failed_job_leaves_nothing_half_done_and_is_tried_again(app: Flask, waiting: list[int]) -> None:
    jobs.later(failing, "half")
    db.session.commit()
    with time_machine.travel(clock.now(), tick=False) as time:
        assert jobs.perform_due() == 1
        db.session.expire_all()
        job = db.session.scalars(Job.waiting()).one()
        assert (names(), job.attempts, job.problem) == ([], 1, "OSError: the disk is full")
        assert jobs.perform_due() == 0
        time.shift(timedelta(seconds=61))
        assert jobs.perform_due() == 1


def test_job_is_given_up_after_a_day_and_stays_in_sight(app: Flask, waiting: list[int]) -> None:
    jobs.later(failing, "never")
    db.session.commit()
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(ATTEMPTS + 3):
            jobs.perform_due()
            time.shift(timedelta(hours=13))
        db.session.expire_all()
        job = db.session.scalars(Job.given_up()).one()
        assert job.attempts == ATTEMPTS
        assert (jobs.status().waiting, jobs.status().given_up) == (0, 1)
        time.shift(timedelta(days=31))
        jobs.do_all_due()
        assert jobs.status().given_up == 0


def test_job_whose_worker_was_killed_is_done_by_the_next(app: Flask, waiting: list[int]) -> None:
    jobs.later(work_of_a_test, "one")
    db.session.commit()
    (id,) = waiting
    with time_machine.travel(clock.now(), tick=False) as time:
        assert Job.claim(id) is not None  # and then the worker is no more
        db.session.commit()
        assert jobs.perform_due() == 0
        time.shift(CLAIM - timedelta(seconds=1))
        Job.renew([id])  # another one that lives stays at its work
        db.session.commit()
        time.shift(timedelta(seconds=2))
        assert jobs.perform_due() == 0
        time.shift(CLAIM)
        assert jobs.perform_due() == 1
    assert names() == ["one"]


def test_of_two_workers_one_gets_the_job(app: Flask, waiting: list[int]) -> None:
    jobs.later(work_of_a_test, "one")
    db.session.commit()
    (id,) = waiting
    assert [Job.claim(id) is not None for _ in range(2)] == [True, False]
    db.session.rollback()


def test_job_that_kills_its_worker_is_not_begun_for_ever(app: Flask, waiting: list[int]) -> None:
    jobs.later(work_of_a_test, "deadly")
    db.session.commit()
    (id,) = waiting
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(ATTEMPTS):
            assert Job.claim(id) is not None
            db.session.commit()
            time.shift(timedelta(minutes=2))
        jobs.perform_due()
        assert names() == []
        assert db.session.scalars(Job.given_up()).one().problem == "Its worker died over it."


def test_only_functions_of_ours_are_jobs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(ValueError, match="is no function of the site"):
        jobs.later(print, "hello")
    with pytest.raises(ValueError, match="is no function of the site"):
        queue._function("os:system")


def test_worker_that_cannot_be_woken_stops_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["JOBS_AT_ONCE"] = False

    def away(app: Flask) -> None:
        raise ConnectionError("no Redis there")

    monkeypatch.setattr(engine, "huey_of", away)
    jobs.later(work_of_a_test, "one")
    db.session.commit()
    assert jobs.status().last_beat is None
    assert jobs.perform_due() == 1
    assert names() == ["one"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=365)])
def test_clock_that_was_ahead_keeps_no_job_waiting(app: Flask, waiting: list[int], ahead: timedelta) -> None:
    now = clock.now()
    with time_machine.travel(now + ahead, tick=False):
        jobs.later(work_of_a_test, "new")
        jobs.later(work_of_a_test, "claimed")
        jobs.later(work_of_a_test, "scheduled", at=clock.now() + timedelta(days=1))
        jobs.later(failing, "failed")
        db.session.commit()
        Job.claim(waiting[1])
        db.session.commit()
        queue.perform(app, waiting[3])
    with time_machine.travel(now, tick=False) as time:
        jobs.perform_due()
        assert names() == ["new", "claimed"]
        time.shift(timedelta(days=1))
        jobs.perform_due()
    assert [job.attempts for job in db.session.scalars(Job.waiting().where(Job.attempts > 0))] == (
        [3] if ahead > timedelta(days=1) else [2]
    )
