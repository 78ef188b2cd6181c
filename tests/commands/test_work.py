"""`work`: the worker as a real process, beside the web and apart from it."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from broadsheet.extensions import db
from broadsheet.jobs import webhooks
from broadsheet.models import Tag, Webhook
from receiver import receiver
from stage import SECRET_KEY

from .conftest import ROOT, Manage, Serve

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and /proc are POSIX's")

Start = Callable[..., subprocess.Popen[str]]


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The workers among the processes that the server started."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            command = (path / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid and b"work" in command:
            found.append(int(path.name))
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ask(instance: Path, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{instance / 'broadsheet.db'}?mode=ro", uri=True, timeout=5) as connection:
        answer = connection.execute(question).fetchall()
    connection.close()
    return answer


def chores_done(instance: Path) -> bool:
    try:
        return bool(ask(instance, "SELECT 1 FROM chore_runs WHERE finished_at IS NOT NULL"))
    except sqlite3.OperationalError:
        return False


@pytest.fixture
def work(environ: dict[str, str]) -> Iterator[Start]:
    """Starts `manage.py work`."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "manage.py"), "work", *arguments]
        process = subprocess.Popen(
            command,
            env=environ | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_worker_makes_the_database_does_its_chores_and_stops_at_a_word(work: Start, instance: Path) -> None:
    worker = work()
    until(lambda: chores_done(instance))
    worker.send_signal(signal.SIGTERM)
    assert worker.communicate(timeout=15)[0] == ""
    assert worker.returncode == 0


def test_interrupted_worker_ends_with_130(work: Start, instance: Path) -> None:
    worker = work()
    until(lambda: chores_done(instance))
    worker.send_signal(signal.SIGINT)
    assert worker.wait(15) == 130


def test_job_survives_a_killed_worker(work: Start, manage: Manage, instance: Path) -> None:
    assert manage("user", "list").returncode == 0
    with sqlite3.connect(instance / "broadsheet.db", timeout=5) as connection:
        connection.execute(
            "INSERT INTO jobs (function, arguments, digest, run_at, attempts, problem, created_at) "
            # One that somebody began and will never finish: the claim has ended.
            "VALUES ('broadsheet.lib.clock:now', '[]', '', '2020-01-01', 1, '', '2020-01-01')"
        )
        connection.execute("UPDATE jobs SET claimed_until = '2020-01-02'")
    connection.close()
    work().kill()
    assert ask(instance, "SELECT count(*) FROM jobs") == [(1,)]
    work()
    until(lambda: ask(instance, "SELECT count(*) FROM jobs") == [(0,)])


def test_server_has_a_worker_beside_it_that_ends_with_it(serve: Serve, instance: Path) -> None:
    served = serve()
    until(lambda: chores_done(instance))
    (worker,) = children(served.process.pid)
    assert served.stop() == (0, "")
    assert not is_running(worker)


def test_worker_ends_when_its_server_is_killed(serve: Serve, instance: Path) -> None:
    served = serve()
    until(lambda: chores_done(instance))
    (worker,) = children(served.process.pid)
    served.process.kill()
    until(lambda: not is_running(worker), 10)
    assert served.process.stdout
    assert served.process.stdout.read() == ""  # which ends when the last of the processes has


def test_worker_that_dies_is_started_again(serve: Serve, instance: Path) -> None:
    served = serve()
    until(lambda: children(served.process.pid))
    (first,) = children(served.process.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: children(served.process.pid) not in ([], [first]))
    status, said = served.stop()
    assert (status, said) == (0, "The worker ended (-9) and starts again.\n")


def test_server_without_a_worker_if_the_setting_says_so(serve: Serve, instance: Path) -> None:
    served = serve(BROADSHEET_WORK="off")
    assert served.status("/health/live") == 200
    time.sleep(1)
    assert children(served.process.pid) == []


def test_worker_needs_little_memory(work: Start, instance: Path) -> None:
    """The figure stands in the guide for admins."""
    worker = work()
    until(lambda: chores_done(instance))
    memory = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{worker.pid}/status").read_text())
    assert memory
    assert int(memory[1]) < 150_000


def test_delivery_of_a_webhook_survives_a_killed_worker(
    work: Start, make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(BROADSHEET_WEBHOOK_NETWORKS="127.0.0.1")
    app.config["JOBS_AT_ONCE"] = False
    with receiver() as target, app.app_context():
        target.lets_go.clear()
        hook = Webhook.create(name="Hook", url=target.url, events=["tag.created", "tag.changed"], by=None)
        db.session.commit()
        tag = Tag.create(name="News")
        tag.change(name="Old news", slug="old-news", description="", picture=None)
        db.session.commit()
        worker = work(
            BROADSHEET_SECRET_KEY=SECRET_KEY,
            BROADSHEET_DATABASE_URL=app.config["SQLALCHEMY_DATABASE_URI"],
            BROADSHEET_WEBHOOK_NETWORKS="127.0.0.1",
        )
        until(lambda: target.received, 60)
        worker.kill()
        worker.wait()
        target.lets_go.set()
        db.session.execute(update(Webhook).values(claimed_until=None))  # in a minute it ends by itself
        db.session.commit()
        webhooks.deliver(hook.id)  # as the next worker does
    killed, again, next_one = target.received
    assert (killed.id, killed.body) == (again.id, again.body)
    assert target.types() == ["tag.created", "tag.created", "tag.changed"]
    assert next_one.id != again.id
