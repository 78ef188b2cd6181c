"""`work`: the background worker, apart from the web or beside it."""

import os
import signal
import subprocess
import sys
import time
from threading import Event, Thread

import click

from broadsheet.commands.demands import example, safe, with_database
from broadsheet.commands.failures import INTERRUPTED, remark
from broadsheet.config import ROOT, Settings

GRACE = 15  # seconds a worker has to end; it takes ten of them for what it is doing
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0  # seconds before a worker that died is started again; doubled each time
STEADY = 60.0  # seconds of life after which the pause is short again


@click.command(
    "work",
    epilog=example("python3 manage.py work", "BROADSHEET_WORK=off python3 manage.py run"),
)
@safe
@click.option("--parent", type=int, hidden=True, help="Ends with the process of this number.")
@with_database
def work(parent: int | None) -> int:
    """Do what is to be done in the background, until stopped.

    `run` starts a worker of its own. Use this to run it apart, with the setting `work = off` for `run`.
    Several may run at once, on several machines too: none does what another is doing.
    """
    from flask import current_app

    from broadsheet import jobs

    stopped_by = jobs.work(current_app._get_current_object(), parent)
    return INTERRUPTED if stopped_by == signal.SIGINT else 0


class Beside:
    """Keeps one worker running beside the web, if the settings do not forbid it.

    It is a process of its own, is started again when it dies, and ends when this one does.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._keep_running, name="worker", daemon=True)

    @property
    def pid(self) -> int:
        """Of the one that runs; 0 if none does."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def start(self, instead_of: int = 0) -> None:
        """`instead_of` is the number of one that a former life of this process has started."""
        if instead_of:
            Thread(target=_dismiss, args=(instead_of,), name="dismissed", daemon=True).start()
        if self._settings.works_beside:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if not self._thread.is_alive():
            return
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._thread.join(GRACE)

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            self._process = _start()
            if self._stopping.is_set():  # told so while it was being started
                self._process.terminate()
            self._process.wait()
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY else min(pause * 2, LAST_PAUSE)
            if not self._stopping.wait(pause):
                remark(self._settings, f"The worker ended ({self._process.returncode}) and starts again.")


def _start() -> subprocess.Popen[bytes]:
    # Not a fork: the server has threads by now, and a child would inherit their locks.
    return subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, str(ROOT / "manage.py"), "work", "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        # Out of the terminal's reach: Ctrl-C goes to the server, which tells the worker in its turn.
        process_group=0 if os.name == "posix" else None,
    )


def _dismiss(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it has ended by itself
