"""`import`: what was written elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.commands.demands import Group, example, with_database
from broadsheet.commands.progress import number, progress

if TYPE_CHECKING:
    from broadsheet.transfer.report import Counts, Report


@click.group(
    "import", cls=Group, epilog=example("python3 manage.py import markdown ../blog/content --dry-run")
)
def imports() -> None:
    """Bring in what was written elsewhere."""


@imports.command(
    epilog=example(
        "python3 manage.py import markdown ../blog/content --dry-run",
        "python3 manage.py import markdown ../blog/content --base-url https://blog.example.org",
        "python3 manage.py import markdown _posts/2020-01-02-hello.md",
    )
)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Change nothing; only report what would come.")
@click.option(
    "--base-url", metavar="URL", default="", help="The old address of the site: full links to it are its own."
)
@click.option(
    "--source",
    metavar="NAME",
    default="markdown",
    show_default=True,
    help="Tells the sites apart if you import several.",
)
@with_database
def markdown(path: Path, dry_run: bool, base_url: str, source: str) -> None:
    """Bring in posts from a folder of Markdown files, or from one file.

    Understands the front matter (TOML, YAML, JSON) and the habits of Zola, Hugo and Jekyll. Pictures beside
    the posts come with them, links between posts lead to where they are now, and old addresses redirect.
    Run it again whenever you like: what has not changed is not touched, nor what was edited here since.

    The report at the end names each thing that could not be brought. The exit status is 0 when the import
    went through to its end, 1 when there was nothing to bring.
    """
    from broadsheet.transfer.markdown import Importer, NothingToImport

    check_base_url(base_url)
    with progress() as show:
        importer = Importer(path, source=source, base_url=base_url, dry_run=dry_run, progress=show)
        try:
            report = importer.run()
        except NothingToImport as error:
            list_problems(importer.report)
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped. What was brought stays; run it again to bring the rest.", err=True)
            raise
    list_problems(report)
    click.echo(summary(report, dry_run))
    if report.hosts and not base_url and report.has_brought_something:
        host, count = report.hosts[0]
        click.echo(
            f"{number(count, 'full link')} to these posts could be rewritten too, with --base-url {host}"
        )


def check_base_url(url: str) -> None:
    from urllib.parse import urlsplit

    if url and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc):
        message = f"--base-url {url} is no full address, as https://blog.example.org is."
        raise click.UsageError(message, click.get_current_context())


# -- the report


def list_problems(report: "Report") -> None:
    if not report.problems:
        return
    click.echo("What could not be brought:")
    for problem in report.problems:
        click.echo(f"  {problem}")
    click.echo()


def summary(report: "Report", dry_run: bool) -> str:
    counts = report.counts
    unchanged = f"{number(counts.posts_unchanged, 'post')} unchanged"
    if not report.has_brought_something:
        left = f", {counts.posts_left_alone} left as edited here" if counts.posts_left_alone else ""
        return f"Nothing {'would change' if dry_run else 'changed'}: {unchanged}{left}."
    lines = [
        "Nothing was changed. An import would bring:" if dry_run else "Brought:",
        *(f"  {line}" for line in brought(counts)),
    ]
    if counts.posts_unchanged:
        lines.append(f"  ({unchanged})")
    lines.append(f"From {number(counts.files, 'file')}; {number(len(report.problems), 'remark')}.")
    return "\n".join(lines)


def brought(counts: "Counts") -> Iterator[str]:
    yield number(counts.posts_new, "new post")
    if counts.posts_updated:
        yield number(counts.posts_updated, "changed post")
    if counts.posts_left_alone:
        yield f"{number(counts.posts_left_alone, 'post')} left as edited here"
    yield number(counts.bylines, "byline")
    yield number(counts.tags, "tag")
    yield number(counts.pictures, "picture")
    yield number(counts.redirects, "redirect")
    yield f"{number(counts.links, 'link')} between posts rewritten"
