"""How often somebody may do something, counted by all processes together."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
import time_machine
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from broadsheet.extensions import limiter
from broadsheet.lib.counters import Counters
from broadsheet.models import Role
from broadsheet.web import access, limits
from stage import person

SITE = Path(limits.__file__).resolve().parents[2]

WORKER = """
import sys
from pathlib import Path
from threading import Timer
from broadsheet.lib.counters import Counters
counters = Counters(Path(sys.argv[1]))
print(*(counters.increment("shared", 600) for _ in range(int(sys.argv[2]))))
"""


@pytest.fixture
def counters(tmp_path):
    counters = Counters(tmp_path / "limits.sqlite3")
    yield counters
    counters.close()


def start_worker(path, times):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), str(times)],
        env={"PYTHONPATH": str(SITE)},
        stdout=subprocess.PIPE,
    )


def test_two_processes_count_together(counters):
    workers = [start_worker(counters.path, 200) for _ in range(2)]
    counts = [int(number) for worker in workers for number in worker.communicate(timeout=30)[0].split()]
    assert sorted(counts) == list(range(1, 401)), "no count is lost and none is given twice"
    assert counters.count("shared") == 400


def test_a_new_file_that_another_process_writes_to_is_waited_for(counters):
    other = sqlite3.connect(counters.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    end = Timer(0.2, lambda: other.execute("COMMIT"))
    end.start()
    assert counters.increment("a", 60) == 1
    end.join()
    other.close()


def test_a_counter_begins_anew_after_its_time(counters):
    with time_machine.travel(0, tick=False) as clock:
        assert [counters.increment("a", 60) for _ in range(3)] == [1, 2, 3]
        assert counters.ends_at("a") == 60
        clock.shift(59)
        assert counters.increment("a", 60) == 4
        clock.shift(2)
        assert counters.count("a") == 0
        assert counters.increment("a", 60) == 1


def test_a_counter_of_a_clock_that_was_ahead_keeps_nobody_out(counters):
    with time_machine.travel(1_000_000, tick=False) as clock:
        assert [counters.increment("a", 60) for _ in range(3)] == [1, 2, 3]
        clock.move_to(1_000)
        assert [counters.increment("a", 60) for _ in range(2)] == [1, 2]
        clock.move_to(990)
        assert counters.increment("a", 60) == 3, "a few seconds are no other time"


def test_ended_counters_are_swept_out(counters):
    with time_machine.travel(0, tick=False) as clock:
        for number in range(50):
            counters.increment(f"old {number}", 60)
        clock.shift(3600)
        counters.increment("new", 60)
        assert counters.forget_all() == 1


def test_a_damaged_file_is_thrown_away(tmp_path):
    path = tmp_path / "limits.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    counters = Counters(path)
    assert counters.increment("a", 60) == 1
    counters.close()


def test_serves_the_library_as_a_storage(tmp_path):
    storage = storage_from_string(f"{limits.SCHEME}://{tmp_path}/with%20space.sqlite3")
    window = FixedWindowRateLimiter(storage)
    item = parse("2 per minute")
    assert [window.hit(item, "somebody") for _ in range(3)] == [True, True, False]
    assert window.get_window_stats(item, "somebody").remaining == 0
    window.clear(item, "somebody")
    assert window.hit(item, "somebody")
    assert storage.check()
    assert storage.reset() == 1
    storage.counters.close()
    assert (tmp_path / "with space.sqlite3").exists()


def test_a_site_keeps_its_counters_in_the_instance_folder(make_app):
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        assert limits.count("1 per hour", "a") == 0
        assert 3590 < limits.count("1 per hour", "a") <= 3600
        limits.forget("1 per hour", "a")
        assert limits.count("1 per hour", "a") == 0
    assert Path(app.instance_path, "limits.sqlite3").exists()


def test_limits_can_be_switched_off(make_app):
    with make_app(BROADSHEET_RATE_LIMITS="off").app_context():
        assert not limiter.enabled
        assert [limits.count("1 per hour", "a") for _ in range(3)] == [0, 0, 0]


def test_too_many_says_when_to_come_back(make_app, monkeypatch):
    app = make_app(BROADSHEET_RATE_LIMITS="on")

    @app.get("/limited")
    @limiter.limit("1 per minute")
    def limited():
        return "fine"

    monkeypatch.setitem(access.ACCESS, "limited", access.ANYONE)
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        client = app.test_client()
        assert client.get("/limited").status_code == 200
        answer = client.get("/limited")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
