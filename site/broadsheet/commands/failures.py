"""What went wrong, in one line on standard error, and the exit status that says so."""

import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from broadsheet import config
from broadsheet.lib.one_line import one_line

log = logging.getLogger(__name__)

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def status_of(command: Callable[[], Any]) -> int:
    """Runs a command, and its exit status. 0: done; 1: failed; 2: called wrongly; 130: interrupted."""
    try:
        outcome = command()
        sys.stdout.flush()
    except click.UsageError as error:
        return misused(error)
    except click.ClickException as error:
        return complain(error.format_message(), error.exit_code)
    except config.SettingsError as error:
        return complain(str(error))
    except (click.Abort, KeyboardInterrupt, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return known(error) or unexpected(error)
    return outcome if isinstance(outcome, int) else 0


def complain(message: str, status: int = FAILED) -> int:
    click.echo(message, err=True)
    return status


def remark(settings: config.Settings, message: str) -> None:
    """What went wrong while a server goes on: a plain line, or one of the log where programs read it."""
    if settings.log_format == "json":
        log.warning(message)
    else:
        click.echo(message, err=True)


def misused(error: click.UsageError) -> int:
    where = error.ctx.command_path if error.ctx else ""
    listing = getattr(error, "listing", "")
    if listing:
        complain(f"{error.format_message()} There are:\n{listing}")
    elif isinstance(error, NoArgsIsHelpError):  # the message is the help itself
        complain(error.format_message())
    else:
        complain(f"{error.format_message()} See: {where} --help")
    return MISUSED


def known(error: Exception) -> int:
    """Says what can be said of the world's failures; 0 if it is none of them."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return complain(database(error))
    if isinstance(error, OSError) and error.filename:
        return complain(f"{error.strerror}: {error.filename}")
    return 0


def database(error: Exception) -> str:
    """One line on what a database said, without the statement and without a password."""
    return f"The database refused: {one_line(error)}"


def unexpected(error: Exception) -> int:
    if os.environ.get("BROADSHEET_DEBUG", "").lower() in ("1", "on", "true", "yes"):
        traceback.print_exception(error)
        return FAILED
    what = one_line(f"{type(error).__name__}: {error}")
    return complain(f"Something unexpected went wrong: {what}. The trace is in {keep_trace(error)}")


def keep_trace(error: Exception) -> Path:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    trace = "".join(traceback.format_exception(error))
    try:
        folder = config.load().instance / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / name).write_text(trace, encoding="utf-8")
    except (OSError, config.SettingsError):
        folder = Path(tempfile.mkdtemp(prefix="broadsheet-"))
        (folder / name).write_text(trace, encoding="utf-8")
    return folder / name
