"""The command line, as its users start it: real processes, each with an instance folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import commands

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
            commands.main(list(arguments))
        said = capsys.readouterr()
        return Outcome(arguments, int(end.value.code or 0), said.out, said.err)

    return call
