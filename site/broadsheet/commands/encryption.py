"""For whom an archive is encrypted, and what opens it. A passphrase itself never stands on a command line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.config import Settings

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
    return identity(takes_passphrase(words)(command))


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


def keys_of(identity: Path | None, file: Path | None, settings: Settings) -> "Keys":
    """A passphrase is asked for only where no file has one."""
    from broadsheet.transfer.archive import Keys, passphrase

    file = file or settings.backup_passphrase_file
    if file:
        return Keys(identity, lambda: passphrase.from_file(file))
    if sys.stdin.isatty():
        return Keys(identity, lambda: click.prompt("Passphrase", hide_input=True, err=True))
    return Keys(identity)
