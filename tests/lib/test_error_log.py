"""The newest errors, in a file that stays small, whoever writes to it at the same time."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet import lib
from broadsheet.lib import error_log
from broadsheet.lib.error_log import ErrorLog, Problem

NOW = datetime(2026, 11, 30, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from broadsheet.lib import error_log
error_log.LARGEST = 20_000
log = error_log.ErrorLog(Path(sys.argv[1]))
for number in range(300):
    log.add(error_log.Problem(datetime.now(UTC), "test", f"{sys.argv[2]} {number} " + "x" * 200))
"""


def test_several_that_find_it_full_at_once_keep_the_former_one(tmp_path: Path) -> None:
    environ = os.environ | {"PYTHONPATH": str(Path(lib.__file__).parents[2])}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], env=environ) for name in "abcd"
    ]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    log = ErrorLog(tmp_path)
    assert log.former.stat().st_size > 19_000
    found = [problem.message.split()[:2] for problem in log.newest_first()]
    assert len(found) > 60
    for name in "abcd":  # each in the order in which it was written
        numbers = [int(number) for writer, number in found if writer == name]
        assert numbers == sorted(numbers, reverse=True)


def test_only_the_file_that_was_found_full_becomes_the_former_one(tmp_path: Path) -> None:
    log = ErrorLog(tmp_path)
    log.add(Problem(NOW, "test", "old"))
    late = os.open(log.path, os.O_WRONLY)  # somebody found this one full, too, and is late
    os.replace(log.path, log.former)
    log.add(Problem(NOW, "test", "new"))
    log._begin_anew(late)
    os.close(late)
    assert [problem.message for problem in log.newest_first()] == ["new", "old"]
    assert log.path.exists()


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch) -> None:
    log = ErrorLog(tmp_path)
    log.add(Problem(NOW, "test", "one", trace="long"))
    assert [(one.message, one.trace) for one in log.of_late(NOW)] == [("one", "")]
    with monkeypatch.context() as watched:
        watched.setattr(error_log, "_problem", None)  # would be called
        assert len(log.of_late(NOW)) == 1
        assert log.of_late(NOW + timedelta(days=2)) == []
    ErrorLog(tmp_path).add(Problem(NOW, "test", "another process"))
    assert len(log.of_late(NOW)) == 2
