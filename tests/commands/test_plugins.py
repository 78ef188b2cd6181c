"""What plugins add to manage.py."""

from pathlib import Path

import pytest

from .conftest import Manage

SOURCE = """
import click


@click.command()
def tally():
    "Count what there is."
    click.echo("7 words")


def register(plugin):
    plugin.command(tally)
"""


@pytest.fixture
def plugin(instance: Path) -> Path:
    file = instance / "plugins" / "tally.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE)
    return file


def test_a_command_is_listed_run_and_meant(call: Manage, plugin: Path) -> None:
    assert "  tally      Count what there is.\n" in call("--help").stdout
    assert call("tally").stdout == "7 words\n"
    assert "Did you mean tally?" in call("taly").stderr


def test_to_be_safe_no_plugin_is_asked(call: Manage, plugin: Path) -> None:
    assert call("tally").returncode == 0
    said = call("--safe", "tally", BROADSHEET_PLUGINS="on")
    assert said.returncode == 2
    assert said.stderr.startswith("There is no command tally.")


def test_one_that_is_broken_keeps_no_command_from_its_work(call: Manage, plugin: Path) -> None:
    plugin.write_text(SOURCE.replace("def tally", "def user").replace("(tally)", "(user)"))
    assert "Create people" in call("user", "--help").stdout
    assert call("--help").stdout.count("\n  user ") == 1
    plugin.write_text("raise SystemExit('It was run.')")
    assert "tally" not in call("--help").stdout


def test_one_that_is_broken_is_told_in_a_line(manage: Manage, plugin: Path) -> None:
    plugin.write_text("1 / 0")
    (line,) = manage("routes").stderr.splitlines()
    assert line.endswith("plugin tally is not loaded: ZeroDivisionError: division by zero")
