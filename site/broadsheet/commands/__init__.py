"""manage.py's verbs: one file each, or one for a group.

Their modules are read for every `--help`, so they import at the top only what is cheap; what needs the site
is imported by the function that needs it.
"""

import os
import sys
from typing import TYPE_CHECKING

import click

from broadsheet.commands import (
    backup,
    bench,
    db,
    demands,
    demo,
    doctor,
    failures,
    freeze,
    health,
    imports,
    reference,
    restore,
    routes,
    run,
    shell,
    test,
    user,
    verify,
    work,
)

if TYPE_CHECKING:
    from flask import Flask

PROGRAM = "python3 manage.py"

# As they are listed: what everybody needs first.
COMMANDS: list[click.Command] = [
    run.run,
    work.work,
    test.test,
    user.user,
    imports.imports,
    doctor.doctor,
    health.health,
    demo.demo,
    freeze.freeze,
    backup.backup,
    backup.export,
    verify.verify,
    restore.restore,
    db.db,
    bench.bench,
    routes.routes,
    shell.shell,
    reference.reference,
]


class Manage(demands.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return [str(command.name) for command in COMMANDS]


@click.group(
    cls=Manage,
    invoke_without_command=True,
    epilog="New here? Begin with:  python3 manage.py run",
)
@click.option("--debug", is_flag=True, help="Show the trace of an unexpected error.")
@click.pass_context
def manage(context: click.Context, debug: bool) -> None:
    """Broadsheet: a publishing site that one command starts."""
    if debug:
        os.environ["BROADSHEET_DEBUG"] = "on"
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def accept_short_help(command: click.Command) -> None:
    # Said to each one: click would inherit it, but not when a command is reached through `flask`.
    command.context_settings["help_option_names"] = ["-h", "--help"]
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        accept_short_help(each)


for command in COMMANDS:
    manage.add_command(command)
accept_short_help(manage)


def main(arguments: list[str] | None = None) -> None:
    """Runs what the command line says, and ends the process with the right status."""
    sys.exit(failures.status_of(lambda: manage.main(arguments, PROGRAM, standalone_mode=False)))


def register(app: "Flask") -> None:
    """Makes those that need nothing but the site known to `flask --app manage` and to test runners."""
    for command in (user.user, imports.imports, doctor.doctor, demo.demo, reference.reference):
        app.cli.add_command(command)
    app.shell_context_processor(shell.names)
