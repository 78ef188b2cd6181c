"""`shell`: Python, inside the site."""

from typing import Any

import click

from broadsheet.commands.demands import example, with_app


@click.command(
    epilog=example("python3 manage.py shell", "echo 'print(User.admin_exists())' | python3 manage.py shell")
)
@click.pass_context
@with_app
def shell(context: click.Context) -> None:
    """Open a Python prompt inside the site; db and the models are there."""
    from flask.cli import shell_command

    context.invoke(shell_command)


def names() -> dict[str, Any]:
    """What a prompt starts with."""
    from broadsheet import models
    from broadsheet.extensions import db

    return {"db": db, **{name: getattr(models, name) for name in models.__all__}}
