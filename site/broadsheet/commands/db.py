"""`db`: the migrations, for developers. A site needs none of it: `run` migrates by itself."""

import sys
from typing import Any

import click

from broadsheet.commands.demands import Group, example, to_oneself, with_app


@click.group("db", cls=Group, epilog=example("python3 manage.py db current"))
def db() -> None:
    """Look at the database's migrations, and move along them."""


def migrations(name: str, *arguments: Any, **options: Any) -> None:
    """One of Alembic's commands, with its failure as one line."""
    from alembic import command
    from alembic.util import CommandError
    from flask import current_app

    from broadsheet.commands.migrating import alembic_config

    try:
        getattr(command, name)(alembic_config(current_app), *arguments, **options)
    except CommandError as error:
        raise click.ClickException(str(error)) from None


def where() -> None:
    from flask import current_app

    from broadsheet.commands.migrating import revisions_of

    found = ", ".join(sorted(revisions_of(current_app))) or "empty"
    click.echo(f"The database is at revision {found}." if found != "empty" else "The database is empty.")


@db.command(epilog=example("python3 manage.py db upgrade"))
@click.argument("revision", default="head")
@with_app
def upgrade(revision: str) -> None:
    """Migrate forward, to the newest revision unless told otherwise. Stop the site before."""
    from flask import current_app

    with to_oneself(current_app.config["BROADSHEET"]):
        migrations("upgrade", revision)
    where()


@db.command(epilog=example("python3 manage.py db downgrade", "python3 manage.py db downgrade base"))
@click.argument("revision", default="-1")
@with_app
def downgrade(revision: str) -> None:
    """Migrate back, by one revision unless told otherwise.

    Stop the site before. What only the newer shape can hold is lost; the database of before is kept.
    """
    from flask import current_app

    from broadsheet.commands.upgrading import keep_before_downgrade

    with to_oneself(current_app.config["BROADSHEET"]):
        if kept := keep_before_downgrade(current_app):
            click.echo(f"What the database is until now is in {kept}", err=True)
        migrations("downgrade", revision)
    where()


@db.command(epilog=example("python3 manage.py db back"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app
def back(yes: bool) -> None:
    """Go back to the database from before the last upgrade.

    Stop the site before. What was written since is not in it; it is kept beside it. Then check out the
    version of before: this one would upgrade it again.
    """
    from flask import current_app

    from broadsheet.commands.upgrading import go_back, last_kept
    from broadsheet.extensions import db

    last_kept(current_app.config["BROADSHEET"])  # before anything is asked
    if not yes:
        if not sys.stdin.isatty():
            raise click.ClickException(
                "What was written since the upgrade will not be there. Say --yes to go back."
            )
        click.confirm("What was written since the upgrade will not be there. Go back?", abort=True, err=True)
    db.engine.dispose()
    former, replaced = go_back(current_app.config["BROADSHEET"])
    click.echo(f"The database is at revision {former} again. What it was until now is in {replaced}")
    click.echo("Check out the version of before now: this one would upgrade it again.")


@db.command(epilog=example("python3 manage.py db current"))
@with_app
def current() -> None:
    """Say at which revision the database is."""
    where()


@db.command(epilog=example("python3 manage.py db history"))
@with_app
def history() -> None:
    """List the migrations, the newest first."""
    migrations("history")


@db.command(epilog=example('python3 manage.py db revision -m "Give posts a series"'))
@click.option("-m", "--message", required=True, help="What the migration does, in a few words.")
@click.option("--empty", is_flag=True, help="Do not compare the models with the database.")
@with_app
def revision(message: str, empty: bool) -> None:
    """Write a migration from what the models changed; read it before you commit it."""
    migrations("revision", message=message, autogenerate=not empty)
