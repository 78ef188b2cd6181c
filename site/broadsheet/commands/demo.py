"""`demo`: a site to look at, or to measure."""

from pathlib import Path

import click

from broadsheet.commands.demands import example, with_database
from broadsheet.commands.progress import number, progress

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "sample" / "content"
MOST = 1_000_000
MADE_UP_STEP = 10_000  # posts, which come fast


@click.command(
    epilog=example(
        "python3 manage.py demo", "BROADSHEET_INSTANCE=/tmp/large python3 manage.py demo --posts 100000"
    )
)
@click.option(
    "--posts", metavar="N", type=click.IntRange(1, MOST), help="As many, made up, over twenty years."
)
@click.option("--force", is_flag=True, help="Add them to the posts that are here.")
@with_database
def demo(posts: int | None, force: bool) -> None:
    """Fill the site with sample content.

    Without --posts, a small paper that somebody has written. With it, as many posts as you like: of a dozen
    authors, with tags, series, pictures, tables and code, and the same each time. A hundred thousand take two
    or three minutes and about two gigabytes.

    A site that has posts of its own is left as it is, unless you say --force. To try things out, give the
    samples an instance of their own; nothing takes them out again one by one.
    """
    if not force and (have := posts_here()):
        message = f"This site has {number(have, 'post')} already. --force adds the samples to them."
        raise click.ClickException(message)
    if posts is None:
        small()
    else:
        large(posts)


def posts_here() -> int:
    """The welcome that a new site has does not count, until somebody edits it."""
    from broadsheet.database import reading
    from broadsheet.extensions import db
    from broadsheet.models import Post

    with reading():
        have = db.session.scalar(db.select(db.func.count()).select_from(Post)) or 0
        edited = db.session.scalar(db.select(Post.id).where(Post.version > 1).limit(1))
        db.session.rollback()
    return have if have > 1 or edited else 0


def small() -> None:
    import shutil
    import tempfile

    from broadsheet.transfer.demo import drawing
    from broadsheet.transfer.markdown import Importer

    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        shutil.copytree(SAMPLE, content)
        drawing.harbour().save(content / "what-the-harbour-remembers" / "harbour.png")
        with progress() as show:
            report = Importer(content, source="demo", progress=show).run()
    counts = report.counts
    if not counts.posts:
        click.echo("The samples are here already.")
        return
    click.echo(f"Written: {number(counts.posts, 'post')}, {number(counts.pictures, 'picture')}.")


def large(posts: int) -> None:
    from broadsheet.transfer.demo.filling import Filling

    try:
        with progress(plain_step=MADE_UP_STEP) as show:
            counts = Filling(posts, show).run()
    except KeyboardInterrupt:
        click.echo("Stopped. What was written stays.", err=True)
        raise
    click.echo(f"Written: {number(counts.posts, 'post')} by {number(counts.bylines, 'author')}.")
