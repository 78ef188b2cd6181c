"""What `verify`, `restore` and going back on an upgrade share: an archive that was looked at, and a database
that is made of it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from broadsheet.commands.encryption import takes_keys
from broadsheet.commands.progress import BYTES_STEP, TABLES_STEP, progress
from broadsheet.config import Settings

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Archive, Keys


class File(click.Path):
    """A file of this machine, or s3://bucket/name."""

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        if isinstance(value, str) and value.startswith("s3://"):
            return value
        return super().convert(value, param, context)


def takes_archive(command: Any) -> Any:
    file = click.argument("file", type=File(path_type=Path, exists=True, dir_okay=False))
    return file(takes_keys(command))


@contextmanager
def in_one_line() -> Iterator[None]:
    """What is wrong with an archive is all that whoever asked for it needs to read."""
    from broadsheet.transfer.archive import ArchiveError

    try:
        yield
    except ArchiveError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened(file: Path | str, keys: "Keys", settings: Settings, scratch: Path) -> Iterator["Archive"]:
    """One that was looked at, and that this code can restore. What it meets later is one line, too."""
    from broadsheet.commands.migrating import known_revisions
    from broadsheet.transfer.archive import Archive, restoring

    with (
        in_one_line(),
        at_hand(file, settings, scratch) as plain,
        Archive.read(plain, str(file), keys=keys, scratch=scratch) as archive,
    ):
        restoring.require_known(archive, known_revisions())
        with progress("bytes", BYTES_STEP) as show:
            archive.check(show)
        yield archive


@contextmanager
def at_hand(file: Path | str, settings: Settings, scratch: Path) -> Iterator[IO[bytes]]:
    """What lies elsewhere is fetched into a file that has no name, and so is gone whatever happens."""
    if isinstance(file, Path):
        with file.open("rb") as there:
            yield there
        return
    from broadsheet.transfer.archive.bucket import Bucket

    bucket, name = Bucket.holding(file, settings)
    require_room(scratch, bucket.size(name))
    with tempfile.TemporaryFile(dir=scratch, prefix=".fetched-") as fetched:
        with progress("bytes", BYTES_STEP) as show:
            bucket.fetch(name, fetched, show)
        fetched.seek(0)
        yield fetched


def require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise click.ClickException(
            f"The disk has no room for it: {needed / 1e6:,.0f} MB are fetched into {folder},"
            f" {free / 1e6:,.0f} MB are free."
        )


def put_in_place(archive: "Archive", settings: Settings) -> None:
    """The files first, the database last: until then the old site is what it was."""
    import sqlalchemy as sa

    from broadsheet.transfer.archive import places, restoring

    with places.beside(settings.database, settings.database_file) as place:
        with progress("tables", TABLES_STEP) as show:
            restoring.build(
                archive, place.url, Migrations(settings), above=edition_of(settings), progress=show
            )
        places.bring_files(archive, settings.instance, with_secret_key=not settings.secret_key)
        place.take()
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = [sa.table(name, sa.column("key")) for name in ("uploads", "upload_aliases")]
        keys = set(connection.scalars(sa.union(*(sa.select(table.c.key) for table in tables))))
    engine.dispose()
    places.remove_orphans(settings.instance, keys)


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
