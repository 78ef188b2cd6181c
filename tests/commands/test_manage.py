"""manage.py itself: what it lists, what it says when called wrongly, and its exit statuses."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from broadsheet import commands
from broadsheet.commands import failures

from .conftest import ROOT, Manage


def every_command() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []

    def walk(path: str, command: click.Command) -> None:
        found.append((path, command))
        if isinstance(command, click.Group):
            for each in command.commands.values():
                walk(f"{path} {each.name}".strip(), each)

    walk("", commands.manage)
    return found


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_alone_or_asked_for_help_it_lists_every_command(call: Manage, arguments: tuple[str, ...]) -> None:
    outcome = call(*arguments)
    assert outcome.returncode == 0
    assert outcome.stderr == ""
    for command in commands.COMMANDS:
        assert f"\n  {command.name} " in outcome.stdout


def test_wrong_command_gets_the_nearest_and_the_list(manage: Manage) -> None:
    outcome = manage("rnu")
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("There is no command rnu. Did you mean run? There are:\n  run ")


def test_wrong_subcommand_gets_the_nearest_and_the_list(call: Manage) -> None:
    outcome = call("user", "lsit")
    assert outcome.returncode == 2
    assert "Did you mean list?" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("run", "--prot", "1"), "No such option '--prot'"),
        (("run", "--port", "eighty"), "Invalid value for '--port'"),
        (("user", "create"), "Missing argument 'NAME'"),
        (("user", "role", "ann", "king"), "Invalid value for"),
    ],
)
def test_wrong_call_is_one_line_that_points_to_the_help(
    call: Manage, arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = call(*arguments)
    assert outcome.returncode == 2
    assert outcome.stderr.startswith(complaint)
    assert outcome.stderr.endswith("--help\n")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(("path", "command"), every_command(), ids=lambda value: str(value))
def test_every_command_has_a_line_of_help_and_an_example(path: str, command: click.Command) -> None:
    assert command.get_short_help_str(75).endswith("."), "too long, or not a sentence"
    assert "python3 manage.py" in (command.epilog or "")


def test_unexpected_failure_is_one_line_and_keeps_its_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], instance: Path
) -> None:
    instance.mkdir()
    monkeypatch.setenv("BROADSHEET_INSTANCE", str(instance))
    monkeypatch.delenv("BROADSHEET_DEBUG", raising=False)
    assert failures.status_of(lambda: 1 // 0) == 1
    said = capsys.readouterr().err
    assert said.startswith("Something unexpected went wrong: ZeroDivisionError")
    assert said.count("\n") == 1
    (trace,) = (instance / "log").iterdir()
    assert str(trace) in said
    assert "Traceback" in trace.read_text(encoding="utf-8")


def test_debug_shows_the_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BROADSHEET_DEBUG", "on")
    assert failures.status_of(lambda: 1 // 0) == 1
    assert "Traceback" in capsys.readouterr().err


def test_interruption_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert failures.status_of(interrupted) == 130
    assert capsys.readouterr().err == ""


def test_closed_pipe_is_silent(environ: dict[str, str]) -> None:
    code = "import sys; from broadsheet.commands import main; main(['routes'])"
    command = f'{sys.executable} -c "{code}" | true'
    outcome = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=environ | {"PYTHONPATH": str(ROOT / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.stderr == ""
    assert outcome.returncode == 1


def test_bad_settings_are_named_a_line_each(call: Manage, instance: Path) -> None:
    instance.mkdir()
    (instance / "broadsheet.toml").write_text('prot = 1\nlog_level = "loud"\n', encoding="utf-8")
    outcome = call("routes", BROADSHEET_WORKERS="0", BROADSHEET_TRUSTED_HOST="example.org")
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines() == [
        "BROADSHEET_TRUSTED_HOST is no setting; did you mean BROADSHEET_TRUSTED_HOSTS?",
        'BROADSHEET_WORKERS is "0", but must be a whole number from 1 to 64.',
        f"prot in {instance / 'broadsheet.toml'} is no setting; did you mean port?",
        f'log_level in {instance / "broadsheet.toml"} is "loud", '
        "but must be debug or info or warning or error.",
    ]


def test_routes_are_listed(manage: Manage) -> None:
    outcome = manage("routes")
    assert outcome.returncode == 0, outcome.stderr
    assert "home.index" in outcome.stdout


def test_shell_knows_the_models(manage: Manage) -> None:
    outcome = manage("shell", stdin="print('the class', User.__tablename__)\n")
    assert outcome.returncode == 0, outcome.stderr
    assert "the class users" in outcome.stdout


def test_flask_finds_the_site_through_manage(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "manage", "routes"]
    outcome = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    assert "home.index" in outcome.stdout
