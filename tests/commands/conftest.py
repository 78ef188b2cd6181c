"""The command line, as its users start it: real processes, each with an instance folder of its own."""

import contextvars
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadsheet import commands
from stage import free_port

ROOT = Path(__file__).parents[2]

Outcome = subprocess.CompletedProcess[str]
Manage = Callable[..., Outcome]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def environ(instance: Path) -> dict[str, str]:
    """What a shell would hand over: nothing of Broadsheet's but the instance folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
    return kept | {"BROADSHEET_NO_SETUP": "1", "BROADSHEET_INSTANCE": str(instance)}


@pytest.fixture
def manage(environ: dict[str, str]) -> Manage:
    """`manage("user", "list", stdin="…", BROADSHEET_PORT="1")`: runs manage.py to its end."""

    def manage(*arguments: str, stdin: str = "", timeout: float = 60, **more: str) -> Outcome:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=environ | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return manage


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> Manage:
    """The same within this process, for what ends before it needs the site: a second less."""

    def call(*arguments: str, **more: str) -> Outcome:
        for name in [name for name in os.environ if name.startswith("BROADSHEET_")]:
            monkeypatch.delenv(name)
        for name, value in (environ | more).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            # In a context of its own: in one that another test has left open, an app would be found.
            contextvars.Context().run(commands.main, list(arguments))
        said = capsys.readouterr()
        return Outcome(arguments, int(end.value.code or 0), said.out, said.err)

    return call


@dataclass
class Served:
    process: subprocess.Popen[str]
    line: str
    means: str
    port: int

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """The exit status, and everything that was said after the first two lines."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said


Serve = Callable[..., Served]


@pytest.fixture
def serve(environ: dict[str, str]) -> Iterator[Serve]:
    """`serve("--workers", "2")`: a running site, once it has printed its address."""
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: str, **more: str) -> Served:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run", "--port", str(port), *arguments],
            env=environ | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        assert process.stdout
        lines = process.stdout.readline(), process.stdout.readline()
        return Served(process, *lines, port)

    yield serve
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
