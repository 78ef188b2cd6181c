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
        return [*(str(command.name) for command in COMMANDS), *of_plugins()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return super().get_command(context, name) or of_plugins().get(name)


def of_plugins() -> dict[str, click.Command]:
    """Those that plugins add. Looked for only when somebody asks for a list, or for one that is not ours."""
    from broadsheet import config
    from broadsheet.plugins import load_all

    try:
        settings = config.load()
    except config.SettingsError:  # whatever needs them says so
        return {}
    plugins = [entry.plugin for entry in load_all(settings) if entry.plugin is not None]
    found = {str(command.name): command for plugin in plugins for command in plugin.commands}
    return {name: found[name] for name in sorted(found.keys() - manage.commands.keys())}


@click.group(
    cls=Manage,
    invoke_without_command=True,
    epilog="New here? Begin with:  python3 manage.py run",
)
@click.option("--debug", is_flag=True, help="Show the trace of an unexpected error.")
@demands.safe
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
    for command in app.extensions["broadsheet_plugins"].commands.values():
        app.cli.add_command(command)
    app.shell_context_processor(shell.names)
