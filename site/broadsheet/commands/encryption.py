"""For whom an archive is encrypted, and what opens it. A passphrase itself never stands on a command line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.config import Settings
from broadsheet.lib import backups

if TYPE_CHECKING:
    from broadsheet.transfer.archive import Keys, Lock


def takes_lock(command: Any) -> Any:
    recipients = click.option(
        "--recipient",
        "recipients",
        metavar="age1…",
        multiple=True,
        help="Encrypt it for this public key; may be given again.",
    )
    asked = click.option(
        "--passphrase", "ask", is_flag=True, help="Encrypt it with a passphrase, which is asked for."
    )
    return recipients(asked(takes_passphrase("Encrypt it with the first line of FILE.")(command)))


def takes_keys(command: Any) -> Any:
    identity = click.option(
        "--identity",
        metavar="FILE",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The secret key of an encrypted archive.",
    )
    words = "The passphrase of an encrypted archive is the first line of FILE; else it is asked for."
    plain = click.option(
        "--plain", is_flag=True, help="Take a backup that is not encrypted, though the settings ask for it."
    )
    return identity(takes_passphrase(words)(plain(command)))


def takes_passphrase(words: str) -> Any:
    return click.option(
        "--passphrase-file",
        metavar="FILE",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=words,
    )


def lock_of(recipients: tuple[str, ...], ask: bool, file: Path | None) -> "Lock":
    """Raises ArchiveError, OSError."""
    from broadsheet.transfer.archive import Lock, passphrase

    if ask and file:
        raise click.UsageError(
            "--passphrase asks for what --passphrase-file has.", click.get_current_context()
        )
    if ask and not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask for the passphrase: give it as --passphrase-file FILE.",
            click.get_current_context(),
        )
    words = passphrase.from_file(file) if file else ""
    if ask:
        words = click.prompt("Passphrase", hide_input=True, confirmation_prompt="The same again", err=True)
    return Lock(recipients, words)


def keys_of(
    archive: Path | str, identity: Path | None, file: Path | None, plain: bool, settings: Settings
) -> "Keys":
    """A passphrase is asked for only where no file has one."""
    from broadsheet.transfer.archive import Keys, passphrase

    given = identity or file
    if plain and given:
        raise click.UsageError(
            "--plain is for an archive that no key and no passphrase opens.", click.get_current_context()
        )
    demanded = "though a key or a passphrase was given for it" if given else ""
    if not plain and not given and is_to_be_encrypted(archive, settings):
        demanded = "though the settings have backups encrypted. If you know where it comes from, say --plain"
    file = file or settings.backup_passphrase_file
    if file:
        return Keys(identity, lambda: passphrase.from_file(file), demanded)
    if sys.stdin.isatty():
        return Keys(identity, lambda: click.prompt("Passphrase", hide_input=True, err=True), demanded)
    return Keys(identity, demanded=demanded)


def is_to_be_encrypted(archive: Path | str, settings: Settings) -> bool:
    """What lies elsewhere or is called as a backup is, where backups are encrypted."""
    is_encrypting = bool(settings.backup_recipients or settings.backup_passphrase_file)
    return is_encrypting and (isinstance(archive, str) or backups.moment_of(archive.name) is not None)
