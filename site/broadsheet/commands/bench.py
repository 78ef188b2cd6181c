"""`bench`: how fast the site is, against what it could be at best."""

import sys
from pathlib import Path

import click

from broadsheet.commands.demands import example
from broadsheet.config import ROOT

# As in bench/suite.py, which is read only when it is to run.
SECTIONS = ("press", "misses", "writes", "scale", "memory", "start", "workers")


@click.command(
    epilog=example(
        "python3 manage.py bench",
        "python3 manage.py bench press misses --seconds 5 --json figures.json",
        "python3 manage.py bench scale --posts 10000",
    )
)
@click.argument("sections", nargs=-1, type=click.Choice(SECTIONS), metavar="[SECTION]...")
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=2.0, show_default=True, help="For each load."
)
@click.option(
    "--repeat", type=click.IntRange(1, 99), default=3, show_default=True, help="How often; medians are shown."
)
@click.option(
    "--posts",
    type=click.IntRange(100),
    default=100_000,
    show_default=True,
    help="Of the large site. A hundred thousand take three minutes and two gigabytes.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    multiple=True,
    default=(16, 64, 256),
    show_default=True,
    help="Of the server, for the section press; may be given several times.",
)
@click.option(
    "--content",
    type=click.Path(exists=True, path_type=Path),
    help="A folder of Markdown to measure instead of made-up posts.",
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here."
)
@click.option(
    "--report",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Write the tables into this page, where it has its mark for them.",
)
@click.option(
    "--strict", is_flag=True, help="Exit with 1 if a target is missed or something cannot be measured."
)
def bench(
    sections: tuple[str, ...],
    seconds: float,
    repeat: int,
    posts: int,
    threads: tuple[int, ...],
    content: Path | None,
    json_file: Path | None,
    report: Path | None,
    strict: bool,
) -> int:
    """Measure the site against what it could be at best.

    Starts what it compares, on made-up sites in a temporary folder; the site that is here is not touched.
    Sections: press (a kept page against a bare function, nginx and gunicorn), misses (a page made anew
    against a bare Flask), writes (readers while somebody publishes), scale (many posts against a thousand),
    memory, start and workers; without any, all of them, in about ten minutes. Wants wrk and, to compare
    with, nginx and gunicorn, and says which are missing.
    """
    sys.path.insert(0, str(ROOT))
    try:
        from bench import suite
    except ModuleNotFoundError as error:
        if error.name != "bench":
            raise
        raise click.ClickException("bench/ is not here; it comes with a clone of the project.") from None

    outcome = suite.run(
        sections or SECTIONS,
        seconds=seconds,
        repeat=repeat,
        posts=posts,
        threads=threads,
        content=content,
        tell=lambda line: click.echo(line, err=True),
    )
    click.echo(suite.plain(outcome))
    if json_file:
        suite.write_json(outcome, json_file)
    if report:
        suite.write_report(outcome, report)
    return int(strict and bool(suite.missed(outcome) or outcome["lacking"]))
