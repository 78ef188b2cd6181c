"""`verify`: whether an archive is what it was made for."""

import tempfile
from pathlib import Path

import click

from broadsheet.commands.archives import opened, put_in_place, takes_archive
from broadsheet.commands.demands import example
from broadsheet.commands.encryption import keys_of
from broadsheet.commands.progress import amount, number
from broadsheet.config import Settings, load, make_private


@click.command(epilog=example("python3 manage.py verify instance/backups/broadsheet-20261129T030000Z.zip"))
@takes_archive
def verify(file: Path | str, identity: Path | None, passphrase_file: Path | None, plain: bool) -> None:
    """Prove that an archive can be restored.

    Looks at every byte, restores it into a scratch folder, starts a site there, asks for pages and an upload,
    and compares rows and files with what the archive says. The site that is here is not touched.
    """
    from broadsheet.commands.trying import tried

    own = load()
    keys = keys_of(file, identity, passphrase_file, plain, own)
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-verify-") as scratch,
        opened(file, keys, own, Path(scratch)) as archive,
    ):
        found = archive.manifest
        rows = sum(part.rows or 0 for part in found.tables.values())
        click.echo(
            f"Whole: {number(rows, 'row')} in {number(len(found.tables), 'table')},"
            f" {number(len(found.files), 'file')}, {amount(found.size)}."
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
