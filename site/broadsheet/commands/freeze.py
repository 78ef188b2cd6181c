"""`freeze`: the public site as files."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from broadsheet.commands.demands import example, with_upgraded
from broadsheet.commands.progress import number, progress

if TYPE_CHECKING:
    from broadsheet.transfer.freeze import Report


@click.command(
    epilog=example(
        "python3 manage.py freeze ../site --url https://www.example.org",
        "python3 manage.py freeze ../site --url https://example.github.io --plain",
        "python3 manage.py freeze ../site --url https://www.example.org --live https://desk.example.org",
    )
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--url", metavar="URL", default="", help="Where the files will be served.  [default: site_url]")
@click.option(
    "--plain",
    is_flag=True,
    help="For a host that knows neither queries nor rules, such as GitHub Pages: links to further pages of a"
    " list become paths, and redirects become pages.",
)
@click.option(
    "--live",
    metavar="URL",
    default="",
    help="Where the site itself answers: there visitors write to you and sign in.",
)
def freeze(out: Path, url: str, plain: bool, live: str) -> None:
    """Write the whole public site as files into the folder OUT.

    Any host of files serves it: pages, pictures, feeds, sitemap, redirects, a search that needs no server. In
    OUT/_freeze lie the rules for nginx and Caddy; _headers and _redirects are those of Netlify.

    Run it again after a change: only what is new is written, and what is gone is removed. In OUT it touches
    no file that it has not made. What visitors do not see, it does not see either.
    """
    from broadsheet import config, create_app
    from broadsheet.models import User
    from broadsheet.transfer.freeze import Freezer, SiteError
    from broadsheet.transfer.frozen.folder import FolderError

    settings = config.load()
    url, live = address(url, "--url") or settings.site_url, address(live, "--live")
    if not url:
        raise click.UsageError(
            "Feeds, sitemap and shared links name whole addresses. Say where the files will be served:"
            " --url https://www.example.org",
            click.get_current_context(),
        )
    host = urlsplit(url).hostname or ""
    hosts = (*settings.trusted_hosts, host) if settings.trusted_hosts else ()
    # Each page is asked for once: nothing of it is worth keeping.
    settings = replace(settings, site_url=url, trusted_hosts=hosts, rate_limits=False, press_size=0, only="")
    app = create_app(settings)
    with app.app_context(), with_upgraded(app), progress("addresses") as show:
        if not User.admin_exists():
            raise click.ClickException("Nobody has set this site up yet. Begin with:  python3 manage.py run")
        freezer = Freezer(app, out, url=url, site=live, plain=plain, progress=show)
        try:
            report = freezer.run()
        except (FolderError, SiteError) as error:
            raise click.ClickException(str(error)) from error
    if report.problems:
        click.echo("What could not be frozen:")
        for problem in report.problems:
            click.echo(f"  {problem}")
        click.echo()
    click.echo(summary(report, out))


def summary(report: "Report", out: Path) -> str:
    changes = f"{report.written:,} written, {report.unchanged:,} unchanged, {report.removed:,} removed"
    return (
        f"Frozen into {out}: {number(report.pages, 'page')}, {number(report.redirects, 'redirect')}.\n"
        f"Files: {changes}."
    )


def address(url: str, option: str) -> str:
    from broadsheet import config

    try:
        return config.site_url(url) if url else ""
    except ValueError as error:
        raise click.UsageError(f"{option} {error}.", click.get_current_context()) from error
