"""`backup` and `export`: the site as one file."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.commands.archives import File, in_one_line
from broadsheet.commands.demands import example, in_use, with_app
from broadsheet.commands.encryption import lock_of, takes_lock
from broadsheet.commands.progress import BYTES_STEP, PARTS_STEP, amount, number, progress

if TYPE_CHECKING:
    from broadsheet.config import Settings
    from broadsheet.transfer.archive import Kind, Lock, Saved


@click.command(
    epilog=example(
        "python3 manage.py backup",
        "python3 manage.py backup --to /mnt/backups/news --keep 14",
        "python3 manage.py backup --to s3://bucket/news",
        "python3 manage.py backup ~/news.zip",
        "python3 manage.py backup --new-key ~/backup.key",
    )
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", "folder", metavar="FOLDER", type=File(path_type=Path), help="Name it by the time.")
@click.option("--keep", metavar="N", type=click.IntRange(1), help="Delete the older ones there but N.")
@takes_lock
@click.option(
    "--list", "only_list", is_flag=True, help="Only list those that are there, and where they were sent."
)
@click.option(
    "--new-key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Only make a key to encrypt for. Keep FILE elsewhere: without it no backup is read.",
)
@with_app
def backup(
    file: Path | None,
    folder: Path | str | None,
    keep: int | None,
    recipients: tuple[str, ...],
    ask: bool,
    passphrase_file: Path | None,
    only_list: bool,
    new_key: Path | None,
) -> None:
    """Save everything that the site is into one file, while it runs.

    Content with its history, people with their passwords, messages, settings, activity, uploads, themes, the
    secret key. Without FILE it goes into the folder that --to or the setting backup_folder names, or to
    s3://bucket/folder, and is encrypted as the settings say; without --to it is then sent to where backup_s3
    says. It is as private as the site. Try it with `verify`.
    """
    from flask import current_app

    from broadsheet.transfer.archive import Kind, Lock

    settings = current_app.config["BROADSHEET"]
    if new_key:
        make_key(new_key)
    elif only_list:
        with in_one_line():
            list_all(settings)
    elif file:
        if folder or keep:
            raise click.UsageError(
                "--to and --keep are for a folder, not for FILE.", click.get_current_context()
            )
        with in_one_line():
            lock = lock_of(recipients, ask, passphrase_file)
        report(written(file, Kind.BACKUP, lock))
    else:
        with in_one_line():
            lock = lock_of(recipients, ask, passphrase_file) or Lock.of(settings)
            if isinstance(folder, str):
                into_bucket(folder, settings, lock, keep)
            else:
                into_folder(folder or settings.backups, lock, keep)
                if settings.backup_s3 and not folder:
                    send(settings)


@click.command(epilog=example("python3 manage.py export news.zip", "python3 manage.py verify news.zip"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@takes_lock
@with_app
def export(file: Path, recipients: tuple[str, ...], ask: bool, passphrase_file: Path | None) -> None:
    """Save the site into one file to take along, without its secrets.

    As `backup`, but without password hashes, second factors, invitations, the secret key and the settings of
    this machine. Of the same content it is the same file, byte for byte. `restore` reads it; people then need
    new passwords.
    """
    from broadsheet.transfer.archive import Kind

    with in_one_line():
        lock = lock_of(recipients, ask, passphrase_file)
    report(written(file, Kind.EXPORT, lock))


def into_folder(folder: Path, lock: "Lock", keep: int | None) -> None:
    from broadsheet.lib import backups, clock
    from broadsheet.transfer.archive import Kind

    name = backups.new_name(clock.now(), encrypted=bool(lock))
    report(written(backups.opened(folder) / name, Kind.BACKUP, lock))
    if keep:
        dropped = backups.drop_all_but(folder, keep, clock.now())
        click.echo(f"Kept: {number(len(backups.made(folder)), 'backup')}; {len(dropped)} deleted.")


def into_bucket(address: str, settings: "Settings", lock: "Lock", keep: int | None) -> None:
    """By way of a file, which is gone at the end: what was begun can be tried again, in parts."""
    from broadsheet.extensions import db
    from broadsheet.lib import backups, clock
    from broadsheet.models import Site
    from broadsheet.transfer.archive import Kind, ownership
    from broadsheet.transfer.archive.bucket import Bucket

    bucket, now, identity = Bucket(address.rstrip("/"), settings), clock.now(), Site.load().identity
    db.session.rollback()
    there = bucket.sizes()  # it answers, before much is done
    if not ownership.is_claimed(bucket, there, identity):
        ownership.claim(bucket, identity)  # as whoever names the folder by hand says that it is this site's
    names = [name for name in there if (at := backups.moment_of(name)) and not backups.is_ahead(at, now)]
    with tempfile.TemporaryDirectory(dir=backups.opened(settings.backups), prefix=backups.SENDING) as aside:
        name = backups.new_name(now, encrypted=bool(lock))
        saved = written(Path(aside) / name, Kind.BACKUP, lock)
        with progress("bytes", BYTES_STEP) as show:
            bucket.send(saved.path, show)
        report(saved, f"{bucket.address}/{name}")
    if keep:
        older = sorted({*names, name}, reverse=True)[keep:]
        for one in older:
            bucket.remove(one)
        click.echo(f"Kept: {number(len({*names, name}) - len(older), 'backup')}; {len(older)} deleted.")


def send(settings: "Settings") -> None:
    from zoneinfo import ZoneInfo

    from broadsheet.extensions import db
    from broadsheet.lib import clock
    from broadsheet.models import Site
    from broadsheet.transfer.archive import ArchiveError, sending

    site = Site.load()
    db.session.rollback()
    try:
        with progress("bytes", BYTES_STEP) as show:
            sent = sending.send(settings, site.identity, ZoneInfo(site.timezone or "UTC"), clock.now(), show)
    except ArchiveError as error:
        raise ArchiveError(f"It could not be sent: {error} The worker tries again.") from error
    for name in sent.names:
        click.echo(f"Sent: {settings.backup_s3}/{name}")


def list_all(settings: "Settings") -> None:
    from broadsheet.lib import backups
    from broadsheet.transfer.archive.bucket import Bucket

    here = {path.name: path.stat().st_size for _at, path in backups.made(settings.backups)}
    list_of(str(settings.backups), here)
    if settings.backup_s3:
        there = Bucket(settings.backup_s3, settings).sizes()
        list_of(settings.backup_s3, {name: size for name, size in there.items() if backups.moment_of(name)})


def list_of(where: str, sizes: dict[str, int]) -> None:
    click.echo(f"{where}: {number(len(sizes), 'backup')}, {amount(sum(sizes.values()))}")
    for name, size in sorted(sizes.items(), reverse=True):
        click.echo(f"  {name}  {amount(size)}")


def make_key(path: Path) -> None:
    from broadsheet.transfer.archive import encryption

    public = encryption.new_key(path)
    click.echo(f"The secret key is in {path}. Keep it elsewhere. Encrypt with:  --recipient {public}")


def written(file: Path, kind: "Kind", lock: "Lock") -> "Saved":
    from flask import current_app

    from broadsheet.commands.migrating import revisions_of
    from broadsheet.extensions import db
    from broadsheet.transfer.archive import Source, save

    settings = current_app.config["BROADSHEET"]
    with in_use(settings):
        file_of_database = settings.database_file
        if (file_of_database and not file_of_database.exists()) or not revisions_of(current_app):
            raise click.ClickException("There is no site here yet. Begin with:  python3 manage.py run")
        source = Source(db.engine, settings.instance, kind)
        try:
            with in_one_line(), progress("parts", PARTS_STEP) as show:
                return save(source, file, lock=lock, progress=show)
        except OSError as error:
            raise click.ClickException(f"{file} could not be written: {error.strerror}.") from error


def report(saved: "Saved", where: str = "") -> None:
    for name in saved.manifest.missing:
        click.echo(f"The file of {name} is missing; its row is in the archive.", err=True)
    click.echo(f"Saved: {where or saved.path} ({what_is_in(saved)})")


def what_is_in(saved: "Saved") -> str:
    tables = saved.manifest.tables
    rows = sum(part.rows or 0 for part in tables.values())
    said = [
        number(tables[table].rows or 0, *nouns)
        for table, *nouns in (("posts", "post"), ("users", "person", "people"), ("uploads", "upload"))
        if table in tables
    ]
    return f"{', '.join(said)}; {number(rows, 'row')} in all, {amount(saved.size)}"
