"""`verify` and `restore`: what an archive is made for."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.commands.demands import example, to_oneself
from broadsheet.commands.progress import number, progress
from broadsheet.config import Settings, load, make_private

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Archive

PLAIN_STEP = 10**10  # bytes and tables are counted where somebody watches


def takes_archive(command: Any) -> Any:
    file = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    identity = click.option(
        "--identity",
        metavar="FILE",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The secret key of an encrypted archive.",
    )
    return file(identity(command))


@click.command(
    epilog=example(
        "python3 manage.py restore instance/backups/broadsheet-20261129T030000Z.zip",
        "BROADSHEET_DATABASE_URL=postgresql://news@localhost/news python3 manage.py restore news.zip",
    )
)
@takes_archive
@click.option("--yes", is_flag=True, help="Replace the site that is here without asking.")
def restore(file: Path, identity: Path | None, yes: bool) -> None:
    """Put what an archive holds in the place of the site.

    Stop the site before. What is here is saved into `backups` first, and the line that says where also takes
    you back. The database may be another one than that of the archive: so a site moves from SQLite to
    PostgreSQL, or back. An archive that is damaged, or of a newer release, changes nothing.
    """
    settings = load()
    make_private(settings.instance)
    with to_oneself(settings), opened(file, identity, settings.instance) as archive:
        archive.require_room(settings.instance)
        there = what_is_here(settings)
        if there and not yes:
            ask(there)
        former = keep(settings) if there else None
        put_in_place(archive, settings)
        rows = sum(part.rows or 0 for part in archive.manifest.tables.values())
        files = len(archive.manifest.files)
        click.echo(f"Restored: {number(rows, 'row')}, {number(files, 'file')}.")
        remarks(archive, settings)
    if former:
        click.echo(f"What was here is in {former}")


@click.command(epilog=example("python3 manage.py verify instance/backups/broadsheet-20261129T030000Z.zip"))
@takes_archive
def verify(file: Path, identity: Path | None) -> None:
    """Prove that an archive can be restored.

    Looks at every byte, restores it into a scratch folder, starts a site there, asks for pages and an upload,
    and compares rows and files with what the archive says. The site that is here is not touched.
    """
    from broadsheet.commands.trying import tried

    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-verify-") as scratch,
        opened(file, identity, Path(scratch)) as archive,
    ):
        found = archive.manifest
        rows = sum(part.rows or 0 for part in found.tables.values())
        click.echo(
            f"Whole: {number(rows, 'row')} in {number(len(found.tables), 'table')},"
            f" {number(len(found.files), 'file')}, {found.size / 1e6:,.1f} MB."
        )
        archive.require_room(Path(scratch), 2)
        settings = Settings(instance=Path(scratch) / "instance", work=False, check_links=False)
        make_private(settings.instance)
        put_in_place(archive, settings)
        for line in tried(archive, settings):
            click.echo(line)
        for name in found.missing:
            click.echo(f"The file of {name} was missing when the archive was made.", err=True)
    click.echo("The archive can be restored.")


# -- the steps


@contextmanager
def opened(file: Path, identity: Path | None, scratch: Path) -> Iterator["Archive"]:
    """One that was looked at, and that this code can restore. What it meets later is one line, too."""
    from broadsheet.commands.migrating import known_revisions
    from broadsheet.transfer.archive import Archive, ArchiveError, restoring

    try:
        with Archive.opened(file, identity=identity, scratch=scratch) as archive:
            restoring.require_known(archive, known_revisions())
            with progress("bytes", PLAIN_STEP) as show:
                archive.check(show)
            yield archive
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error


class Migrations:
    """Alembic's, for databases that are not the site's."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def bring(self, url: str, revision: str) -> None:
        from broadsheet import create_app
        from broadsheet.commands.migrating import upgrade
        from broadsheet.extensions import db

        app = create_app(replace(self.settings, database_url=url))
        with app.app_context():
            try:
                upgrade(app, revision)
            finally:
                db.session.remove()
                db.engine.dispose()


def what_is_here(settings: Settings) -> str:
    """In a few words; empty if nothing is, but what every new site has."""
    import sqlalchemy as sa

    if settings.database_file and not settings.database_file.exists():
        return ""
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            if tables and "alembic_version" not in tables:
                named = f"{', '.join(tables[:3])}, …"
                raise click.ClickException(
                    f"The database {engine.url!r} holds tables of something else ({named})."
                    " Give Broadsheet a database of its own."
                )
            wanted = [name for name in ("posts", "users") if name in tables]
            counts = [connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in wanted]  # noqa: S608  our own names
    except sa.exc.DatabaseError as error:
        said = " ".join(str(error.orig).split())
        raise click.ClickException(
            f"The database that is here cannot be read ({said})."
            " Move it away, and restore into an empty site."
        ) from error
    finally:
        engine.dispose()
    if not any(counts):
        return ""
    return f"{number(counts[0], 'post')} and {number(counts[1], 'author')}"


def ask(there: str) -> None:
    if not sys.stdin.isatty():
        raise click.ClickException(f"This site has {there}. Say --yes to replace it; it is saved before.")
    click.confirm(f"This site has {there}. Replace it? It is saved before", abort=True, err=True)


def keep(settings: Settings) -> Path:
    """An archive of what is to be replaced."""
    from broadsheet import create_app
    from broadsheet.extensions import db
    from broadsheet.lib import backups, clock
    from broadsheet.transfer.archive import Source, save

    folder = settings.instance / backups.FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / backups.new_name(clock.now(), prefix="before-restore")
    with create_app(settings).app_context():
        try:
            save(Source(db.engine, settings.instance), path)
        except Exception as error:
            raise click.ClickException(
                f"What is here could not be saved ({' '.join(str(error).split())}), so it was not replaced."
                " Move it away yourself, and restore into an empty site."
            ) from error
        finally:
            db.engine.dispose()
    return path


def put_in_place(archive: "Archive", settings: Settings) -> None:
    """The files first, the database last: until then the old site is what it was."""
    import sqlalchemy as sa

    from broadsheet.transfer.archive import places, restoring

    with places.beside(settings.database, settings.database_file) as place:
        with progress("tables", PLAIN_STEP) as show:
            restoring.build(
                archive, place.url, Migrations(settings), above=edition_of(settings), progress=show
            )
        places.bring_files(archive, settings.instance, with_secret_key=not settings.secret_key)
        place.take()
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        keys = set(
            connection.scalars(sa.text("SELECT key FROM uploads UNION SELECT key FROM upload_aliases"))
        )
    engine.dispose()
    places.remove_orphans(settings.instance, keys)


def edition_of(settings: Settings) -> int:
    """Of the site that is replaced; 0 if there is none."""
    import sqlalchemy as sa

    if settings.database_file and not settings.database_file.exists():
        return 0
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("edition"):
                return 0
            return int(connection.scalar(sa.text("SELECT number FROM edition")) or 0)
    finally:
        engine.dispose()


def remarks(archive: "Archive", settings: Settings) -> None:
    from broadsheet.transfer.archive import Kind, contents, places

    for name in archive.manifest.missing:
        click.echo(f"The file of {name} was missing when the archive was made.", err=True)
    if path := places.restored_settings(archive, settings.instance):
        click.echo(f"The settings of the archive are in {path}; those of this machine count.")
    key = archive.text(contents.FILES + contents.SECRET_KEY)
    if key and settings.secret_key and key.decode("ascii", "replace").strip() != settings.secret_key:
        click.echo(
            "The settings have a secret key of their own. To read what that of the archive has sealed,"
            " add it to secret_key_fallbacks."
        )
    if archive.manifest.kind is Kind.EXPORT:
        click.echo("Nobody has a password yet: python3 manage.py user password NAME")
