"""`backup` and `export`: the site as one file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.commands.archives import in_one_line
from broadsheet.commands.demands import example, in_use, with_app
from broadsheet.commands.encryption import lock_of, takes_lock
from broadsheet.commands.progress import number, progress

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Kind, Lock, Saved

PLAIN_STEP = 1000


@click.command(
    epilog=example(
        "python3 manage.py backup",
        "python3 manage.py backup --to /mnt/backups/news --keep 14",
        "python3 manage.py backup ~/news.zip",
        "python3 manage.py backup --new-key ~/backup.key",
    )
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to", "folder", metavar="FOLDER", type=click.Path(path_type=Path), help="Name it by the time."
)
@click.option("--keep", metavar="N", type=click.IntRange(1), help="Delete the older ones there but N.")
@takes_lock
@click.option(
    "--new-key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Only make a key to encrypt for. Keep FILE elsewhere: without it no backup is read.",
)
@with_app
def backup(
    file: Path | None,
    folder: Path | None,
    keep: int | None,
    recipients: tuple[str, ...],
    ask: bool,
    passphrase_file: Path | None,
    new_key: Path | None,
) -> None:
    """Save everything that the site is into one file, while it runs.

    Content with its history, people with their passwords, messages, settings, activity, uploads, themes, the
    secret key. Without FILE it goes into the folder that --to or the setting backup_folder names, and is
    encrypted as the settings say. It is as private as the site. Try it with `verify`.
    """
    if new_key:
        make_key(new_key)
        return
    if file and (folder or keep):
        raise click.UsageError("--to and --keep are for a folder, not for FILE.", click.get_current_context())
    from flask import current_app

    from broadsheet.lib import backups, clock
    from broadsheet.transfer.archive import Kind, Lock

    settings = current_app.config["BROADSHEET"]
    with in_one_line():
        lock = lock_of(recipients, ask, passphrase_file)
        if file is None:
            lock = lock or Lock.of(settings)
            folder = backups.opened(folder or settings.backups)
            file = folder / backups.new_name(clock.now(), encrypted=bool(lock))
    saved = written(file, Kind.BACKUP, lock)
    report(saved)
    if keep and folder:
        dropped = backups.drop_all_but(folder, keep)
        click.echo(f"Kept: {number(len(backups.made(folder)), 'backup')}; {len(dropped)} deleted.")


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
            with in_one_line(), progress("parts", PLAIN_STEP) as show:
                return save(source, file, lock=lock, progress=show)
        except OSError as error:
            raise click.ClickException(f"{file} could not be written: {error.strerror}.") from error


def report(saved: "Saved") -> None:
    for name in saved.manifest.missing:
        click.echo(f"The file of {name} is missing; its row is in the archive.", err=True)
    click.echo(f"Saved: {saved.path} ({what_is_in(saved)})")


def what_is_in(saved: "Saved") -> str:
    tables = saved.manifest.tables
    rows = sum(part.rows or 0 for part in tables.values())
    said = [
        number(tables[table].rows or 0, *nouns)
        for table, *nouns in (("posts", "post"), ("users", "person", "people"), ("uploads", "upload"))
        if table in tables
    ]
    return f"{', '.join(said)}; {number(rows, 'row')} in all, {saved.size / 1e6:,.1f} MB"
