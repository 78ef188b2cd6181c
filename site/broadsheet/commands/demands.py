"""What a command asks for before it begins: the site, its database; and how a group takes a wrong name."""

import difflib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from broadsheet.config import Settings
from broadsheet.lib.locks import shared_lock, sole_lock

Function = Callable[..., Any]

IN_USE = "in_use.lock"


class Group(click.Group):
    """Knows what was probably meant."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(context, name) is None and not name.startswith("-"):
            raise UnknownCommand(name, self, context)
        return super().resolve_command(context, args)


class UnknownCommand(click.UsageError):
    def __init__(self, name: str, group: click.Group, context: click.Context) -> None:
        known = group.list_commands(context)
        nearest = difflib.get_close_matches(name, known, 1, 0.5)
        meant = f" Did you mean {nearest[0]}?" if nearest else ""
        super().__init__(f"There is no command {name}.{meant}", context)
        width = max(map(len, known))
        commands = {each: group.get_command(context, each) for each in known}
        lines = (
            f"  {each:{width}}  {command.get_short_help_str(80)}"
            for each, command in commands.items()
            if command
        )
        self.listing = "\n".join(lines)


def _be_safe(context: click.Context, parameter: click.Parameter, is_safe: bool) -> None:
    if is_safe:  # into the environment, so that the processes that are started find the same
        os.environ["BROADSHEET_PLUGINS"] = "off"


# For what should start even if a plugin keeps it from doing so.
safe = click.option(
    "--safe",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_be_safe,
    help="Without plugins, if one of them is in the way.",
)


def example(*lines: str) -> str:
    """The epilog of a command: what one would type."""
    return "\b\n" + "\n".join(
        ["Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)]
    )


@contextmanager
def in_use(settings: Settings) -> Iterator[None]:
    """Meanwhile nobody puts another database into the place of the site's."""
    with shared_lock(settings.instance / IN_USE):
        yield


@contextmanager
def to_oneself(settings: Settings) -> Iterator[None]:
    """The opposite: whoever puts another database there has the site alone."""
    with sole_lock(settings.instance / IN_USE) as is_alone:
        if not is_alone:
            raise click.ClickException(
                "The site is in use: stop the server, and whatever command or worker runs, then try again."
            )
        yield


@contextmanager
def with_upgraded(app: Any) -> Iterator[None]:
    """In use, with a database that is there and of today's shape."""
    from broadsheet.commands.migrating import bring_up_to_date
    from broadsheet.extensions import db

    bring_up_to_date(app)
    with in_use(app.config["BROADSHEET"]):
        db.engine.dispose()  # what was put in its place meanwhile is what counts
        yield


def with_app(function: Function) -> Function:
    """The command runs within the site's context."""

    @wraps(function)
    @click.pass_context
    def wrapped(context: click.Context, *args: Any, **options: Any) -> Any:
        from flask import current_app
        from flask.cli import ScriptInfo

        from broadsheet import create_app

        if not current_app:
            info = context.find_object(ScriptInfo)  # there is one under `flask --app manage` and in tests
            context.with_resource((info.load_app() if info else create_app()).app_context())
        return context.invoke(function, *args, **options)

    return wrapped


def with_database(function: Function) -> Function:
    """The same, with a database that is there and of today's shape; the events tell that a command acted."""

    @with_app
    @wraps(function)
    def wrapped(*args: Any, **options: Any) -> Any:
        from flask import current_app

        from broadsheet.models import Actor, acting

        with with_upgraded(current_app), acting(Actor(name="manage.py")):
            return function(*args, **options)

    return wrapped
