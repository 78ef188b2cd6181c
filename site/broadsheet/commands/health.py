"""`health`: whether the site on this machine answers, for what watches a container."""

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import click

from broadsheet.commands.demands import example
from broadsheet.commands.run import EVERY_ADDRESS
from broadsheet.config import Settings, load

PATIENCE = 5.0  # seconds
PATH = "/health/ready"


@click.command(epilog=example("python3 manage.py health"))
def health() -> None:
    """Ask the site that `run` serves here whether it is ready; the exit status is 1 if it is not."""
    settings = load()
    host = "127.0.0.1" if settings.host in EVERY_ADDRESS else settings.host
    try:
        with closing(http.client.HTTPConnection(host, settings.port, timeout=PATIENCE)) as connection:
            connection.request("GET", PATH, headers={"Host": name_of(settings)})
            answer = connection.getresponse()
            said = answer.read().decode("utf-8", "replace").strip()
    except OSError as error:
        raise click.ClickException(f"{host}:{settings.port} does not answer: {error}.") from None
    click.echo(said)
    if answer.status != 200:
        click.get_current_context().exit(1)


def name_of(settings: Settings) -> str:
    """One under which it answers."""
    named = [host.lstrip(".") for host in settings.trusted_hosts]
    return next(iter(named), urlsplit(settings.site_url).hostname or "127.0.0.1")
