"""`test`: the suite."""

import os
import subprocess
import sys
from importlib.util import find_spec

import click

from broadsheet.commands.demands import example
from broadsheet.config import ROOT

# Whoever is done takes over from the others: the tests with a browser stand together and last longest.
ALL = ("-n", "auto", "--dist", "worksteal")


@click.command(
    "test",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    epilog=example(
        "python3 manage.py test",
        "python3 manage.py test tests/models -k publish",
        "python3 manage.py test -m 'not browser'",
    ),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> int:
    """Run the tests; arguments go to pytest.

    Without arguments the whole suite, on all cores. At the end stands what was left out because the machine
    lacks something, and how to get it.
    """
    if find_spec("pytest") is None:
        raise click.ClickException("pytest is not installed here: pip install -r requirements-dev.txt")
    command = [sys.executable, "-m", "pytest", *(arguments or ALL)]
    os.chdir(ROOT)
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  # Ctrl-C and the exit status are then pytest's own
    return subprocess.call(command)  # noqa: S603  our own words, no shell
