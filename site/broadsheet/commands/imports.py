"""`import`: what was written elsewhere."""

import click

from broadsheet.commands.demands import Group


@click.group("import", cls=Group)
def imports() -> None:
    """Bring in what was written elsewhere."""
